using System.Text;
using Tributary.Connectors.Brokers;
using Tributary.Connectors.Tests.Brokers.Amqp;
using Tributary.Connectors.Tests.Support;
using Tributary.TestingHost.Brokers;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>
/// Headers that would end the client library, or the process with it, concern their own delivery alone.
/// </summary>
[Collection(nameof(RabbitMqCollection))]
public sealed class RabbitMqHeadersTests(RabbitMqFixture rabbit)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], string> Bad => new()
    {
        { "deep", RawAmqpPublisher.NestedArrays(24_000), "The headers have tables and arrays nested deeper than 64." },
        { "scale", AmqpBytes.Field("a", 'D', 29, 0, 0, 0, 1),
            "The headers have a decimal of the scale 29; allowed: at most 28." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_delivery_whose_headers_cannot_be_read_is_refused_with_its_body_and_others_follow(string name,
        byte[] headers, string reason)
    {
        var receiver = new Receiver();
        await using var broker =
            Start($"{{type: rabbitmq, host: 127.0.0.1, port: {rabbit.Server.Port}, queue: q_{name}}}", receiver);
        await Publish(broker, $"q_{name}", headers);
        await receiver.CountAsync(2);
        await broker.StopAsync();

        Assert.Equal(["bad", "good"], receiver.Bodies);
        Assert.Equal(new Reception.Refused("headers_invalid", reason), receiver.Deliveries[0].Fault);
        Assert.Equal("bad id", receiver.Deliveries[0].ExternalId);
        Assert.Null(receiver.Deliveries[1].Fault);
        await using var peer = await rabbit.ConnectAsync();
        Assert.Equal(0u, await peer.CountAsync($"q_{name}"));
    }

    [Fact]
    public async Task With_TLS_headers_are_looked_over_as_well()
    {
        var receiver = new Receiver();
        await using var broker = Start(
            $"{{type: rabbitmq, host: localhost, port: {rabbit.TlsPort}, tls: true, tls_ca_file: "
            + $"{rabbit.Certificate.CertificateFile}, queue: q_deep_tls}}", receiver);
        await Publish(broker, "q_deep_tls", RawAmqpPublisher.NestedArrays(24_000));
        await receiver.CountAsync(2);
        await broker.StopAsync();

        Assert.Equal(["headers_invalid", null], receiver.Deliveries.Select(delivery => delivery.Fault?.Code));
        Assert.Empty(broker.Warnings);
    }

    [Fact]
    public async Task A_dead_letter_goes_without_the_headers_and_says_why()
    {
        var receiver = new Receiver
        {
            Answer = delivery =>
                delivery is { Fault: { } fault, IsKeptByBroker: true } ? fault
                    : new Reception.Stored(default, IsRepeat: false),
        };
        await using var peer = await rabbit.ConnectAsync();
        await using var broker = Start(
            $"{{type: rabbitmq, host: 127.0.0.1, port: {rabbit.Server.Port}, queue: q_deep_letter, "
            + "dead_letter_exchange: x_deep_letter}", receiver);
        await broker.StatusAsync(status => status.IsConnected);
        await peer.Channel.QueueDeclareAsync("q_deep_dead", durable: true, exclusive: false, autoDelete: false);
        await peer.Channel.QueueBindAsync("q_deep_dead", "x_deep_letter", "#");

        await Publish(broker, "q_deep_letter", RawAmqpPublisher.NestedArrays(24_000));
        await Eventually.Async(async () => await peer.CountAsync("q_deep_dead") == 1, () => "the dead letter");
        await broker.StopAsync();

        var letter = (await peer.Channel.BasicGetAsync("q_deep_dead", autoAck: true))!;
        Assert.Equal("bad", Encoding.UTF8.GetString(letter.Body.Span));
        Assert.Equal(
            ["x-original-routing-key", "x-tributary-code", "x-tributary-reason"],
            letter.BasicProperties.Headers!.Keys.Where(key =>
                !key.StartsWith("x-dotnet-", StringComparison.Ordinal)).Order());
        Assert.Equal("headers_invalid",
            Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers["x-tributary-code"]!));
    }

    private static RunningBroker Start(string yaml, Receiver receiver) =>
        new(new RabbitMqBrokerFactory(), yaml, receiver.ReceiveAsync);

    // One bad delivery in front of a good one.
    private async Task Publish(RunningBroker broker, string queue, byte[] headers)
    {
        await broker.StatusAsync(status => status.IsConnected);
        await using var raw = await RawAmqpPublisher.ConnectAsync(rabbit.Server.Port, Cancellation);
        await raw.PublishAsync(queue, "bad id", headers, "bad"u8.ToArray(), Cancellation);
        await raw.PublishAsync(queue, "good id", AmqpBytes.Field("trace", 'S', AmqpBytes.Long("t1"u8.ToArray())),
            "good"u8.ToArray(), Cancellation);
    }
}
