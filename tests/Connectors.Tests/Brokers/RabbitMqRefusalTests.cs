using System.Text;
using RabbitMQ.Client;
using Tributary.Connectors.Brokers;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>Deliveries that can never be stored are kept where somebody finds them.</summary>
[Collection(nameof(RabbitMqCollection))]
public sealed class RabbitMqRefusalTests(RabbitMqFixture rabbit)
{
    private static Receiver Refusing() => new()
    {
        Answer = delivery => (delivery.Body.Length, delivery.IsKeptByBroker) switch
        {
            (3, true) => new Reception.Refused("body_not_json", "The body is no JSON."),
            (3, false) => new Reception.Kept(default, "body_not_json", "The body is no JSON.", IsCurable: false),
            _ => new Reception.Stored(default, IsRepeat: false),
        },
    };

    [Fact]
    public async Task A_refused_delivery_goes_to_the_dead_letter_exchange_with_the_reason()
    {
        await using var peer = await rabbit.ConnectAsync();
        var receiver = Refusing();
        await using var broker = Start("queue: q_letters, dead_letter_exchange: x_letters", receiver);
        await broker.StatusAsync(status => status.IsConnected);
        await peer.Channel.QueueDeclareAsync("q_dead", durable: true, exclusive: false, autoDelete: false);
        await peer.Channel.QueueBindAsync("q_dead", "x_letters", "#");
        var properties = new BasicProperties
        {
            MessageId = "7",
            ContentType = "text/plain",
            Expiration = "600000",
            UserId = "guest",
            Headers = new Dictionary<string, object?>
            {
                ["trace"] = "t1",
                ["CC"] = new List<object?> { "elsewhere" },
            },
        };

        await peer.Channel.BasicPublishAsync("", "q_letters", mandatory: true, properties, "bad"u8.ToArray());
        await peer.PublishAsync("", "q_letters", "good");
        await Eventually.Async(async () => await peer.CountAsync("q_dead") == 1, () => "the dead letter");
        await receiver.CountAsync(2);
        await broker.StopAsync();

        var letter = (await peer.Channel.BasicGetAsync("q_dead", autoAck: true))!;
        Assert.Equal("bad", Encoding.UTF8.GetString(letter.Body.Span));
        Assert.Equal("q_letters", letter.RoutingKey);
        Assert.Equal("body_not_json", Header(letter, "x-tributary-code"));
        Assert.Equal("The body is no JSON.", Header(letter, "x-tributary-reason"));
        Assert.Equal("q_letters", Header(letter, "x-original-routing-key"));
        Assert.Equal("t1", Header(letter, "trace"));
        var kept = letter.BasicProperties;
        Assert.Equal(
            ("7", "text/plain", DeliveryModes.Persistent), (kept.MessageId, kept.ContentType, kept.DeliveryMode));
        Assert.False(letter.BasicProperties.IsExpirationPresent());
        Assert.False(letter.BasicProperties.Headers!.ContainsKey("CC"));
        Assert.Equal(0u, await peer.CountAsync("q_letters"));
        Assert.Equal((2, 1), (broker.Broker.Status.ReceivedCount, broker.Broker.Status.RefusedCount));
    }

    [Fact]
    public async Task A_refused_delivery_waits_until_the_dead_letter_exchange_leads_somewhere()
    {
        await using var peer = await rabbit.ConnectAsync();
        var receiver = Refusing();
        await using var broker = Start(
            "queue: q_nowhere, dead_letter_exchange: x_nowhere, dead_letter_routing_key: dead", receiver);
        await broker.StatusAsync(status => status.IsConnected);

        await peer.PublishAsync("", "q_nowhere", "bad", "good");
        await broker.WarnedAsync("no queue takes the routing key \"dead\"");
        await receiver.CountAsync(2);
        await peer.Channel.QueueDeclareAsync("q_somewhere", durable: true, exclusive: false, autoDelete: false);
        await peer.Channel.QueueBindAsync("q_somewhere", "x_nowhere", "dead");
        await Eventually.Async(async () => await peer.CountAsync("q_somewhere") == 1, () => "the dead letter");
        await broker.StopAsync();

        Assert.Equal(0u, await peer.CountAsync("q_nowhere"));
        Assert.Equal(2, broker.Broker.Status.ReceivedCount);
    }

    [Fact]
    public async Task Dead_letters_that_a_server_short_of_memory_does_not_take_hold_up_no_acknowledgement()
    {
        await using var peer = await rabbit.ConnectAsync();
        await using var late = await rabbit.ConnectAsync();
        var receiver = Refusing();
        await using var broker = Start("queue: q_blocked, dead_letter_exchange: x_blocked, prefetch: 2", receiver);
        await broker.StatusAsync(status => status.IsConnected);
        await peer.Channel.QueueDeclareAsync("q_blocked_dead", durable: true, exclusive: false, autoDelete: false);
        await peer.Channel.QueueBindAsync("q_blocked_dead", "x_blocked", "#");
        await peer.PublishAsync("", "q_blocked", "bad");
        await Eventually.Async(async () => await peer.CountAsync("q_blocked_dead") == 1, () => "the first dead letter");
        await broker.StopAsync();
        await peer.PublishAsync(
            "", "q_blocked", Enumerable.Range(0, 20).Select(number => number == 0 ? "bad" : $"good {number}"));

        await rabbit.Server.ControlAsync("set_vm_memory_high_watermark", "0.000001");
        try
        {
            var next = Refusing();
            await using var again = Start("queue: q_blocked, dead_letter_exchange: x_blocked, prefetch: 2", next);
            await next.CountAsync(20);
            await again.WarnedAsync("the server blocks whoever publishes");
            Assert.Equal(0u, await late.CountAsync("q_blocked"));
            await rabbit.Server.ControlAsync("set_vm_memory_high_watermark", "0.6");
            await Eventually.Async(
                async () => await late.CountAsync("q_blocked_dead") == 2, () => "the second dead letter");
        }
        finally
        {
            await rabbit.Server.ControlAsync("set_vm_memory_high_watermark", "0.6");
        }
    }

    [Fact]
    public async Task Refused_deliveries_that_no_dead_letter_exchange_takes_hold_up_no_others()
    {
        await using var peer = await rabbit.ConnectAsync();
        var receiver = Refusing();
        await using var broker =
            Start("queue: q_many, dead_letter_exchange: x_many, dead_letter_routing_key: dead, prefetch: 4", receiver);
        await broker.StatusAsync(status => status.IsConnected);

        await peer.PublishAsync("", "q_many", [.. Enumerable.Repeat("bad", 20), "good one", "good two"]);
        await Eventually.Async(() =>
            receiver.Bodies.Count(body => body.StartsWith("good", StringComparison.Ordinal)) == 2, () =>
                string.Join(' ', receiver.Bodies));
        await Eventually.Async(
            () => receiver.Deliveries.Count(delivery =>
                delivery.Fault?.Code == "body_not_json" && !delivery.IsKeptByBroker) >= 18,
            () => string.Join(' ', receiver.Deliveries));
        await peer.Channel.QueueDeclareAsync("q_many_dead", durable: true, exclusive: false, autoDelete: false);
        await peer.Channel.QueueBindAsync("q_many_dead", "x_many", "dead");
        var keptCount = receiver.Deliveries.Count(delivery => delivery.Fault is not null);
        await Eventually.Async(async () => await peer.CountAsync("q_many_dead") == 20 - keptCount, () =>
            $"the rest of {keptCount}");
        await broker.StopAsync();

        Assert.Equal(0u, await peer.CountAsync("q_many"));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Without_a_dead_letter_exchange_the_platform_keeps_a_refused_delivery_whatever_requeue_says(
        string requeue)
    {
        await using var peer = await rabbit.ConnectAsync();
        var receiver = Refusing();
        await using var broker = Start($"queue: q_kept_{requeue}, requeue: {requeue}", receiver);
        await broker.StatusAsync(status => status.IsConnected);

        await peer.PublishAsync("", $"q_kept_{requeue}", "bad", "good");
        await receiver.CountAsync(2);
        await broker.StopAsync();

        Assert.Equal(["bad", "good"], receiver.Bodies);
        Assert.Equal(0u, await peer.CountAsync($"q_kept_{requeue}"));
        Assert.Equal(1, broker.Broker.Status.RefusedCount);
        Assert.Contains("body_not_json: The body is no JSON.) It is kept among what failed.",
            Assert.Single(broker.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejected_delivery_goes_where_the_queue_sends_it()
    {
        await using var peer = await rabbit.ConnectAsync();
        await peer.Channel.QueueDeclareAsync("q_reject_dead", durable: true, exclusive: false, autoDelete: false);
        await peer.Channel.QueueDeclareAsync("q_reject", durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?>
        {
            ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "q_reject_dead",
        });
        var receiver = Refusing();
        await using var broker = Start("queue: q_reject, declare: false, refused: reject", receiver);
        await broker.StatusAsync(status => status.IsConnected);

        await peer.PublishAsync("", "q_reject", "bad", "good");
        await Eventually.Async(async () => await peer.CountAsync("q_reject_dead") == 1, () =>
            "the delivery where the queue sends it");
        await receiver.CountAsync(2);
        await broker.StopAsync();

        Assert.Equal(0u, await peer.CountAsync("q_reject"));
    }

    private static string Header(BasicGetResult letter, string name) =>
        Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers![name]!);

    private RunningBroker Start(string keys, Receiver receiver) =>
        new(
            new RabbitMqBrokerFactory(),
            $"{{type: rabbitmq, host: 127.0.0.1, port: {rabbit.Server.Port}, {keys}}}",
            receiver.ReceiveAsync);
}
