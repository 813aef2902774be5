using RabbitMQ.Client;
using Tributary.Connectors.Brokers;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>What a producer can rely on, with a real server.</summary>
[Collection(nameof(RabbitMqCollection))]
public sealed class RabbitMqBrokerTests(RabbitMqFixture rabbit)
{
    private static readonly RabbitMqBrokerFactory Factory = new();

    [Fact]
    public async Task The_configuration_of_sqAPI_consumes_as_it_stands()
    {
        var receiver = new Receiver();
        var asItStands =
            "{type: rabbitmq, host: localhost, port: 5672, routing_key: q_sqapi, exchange_name: x_sqapi, "
            + "exchange_type: topic, process_delay: 0, requeue: false}";
        await using var broker = Start(
            asItStands.Replace("5672", $"{rabbit.Server.Port}", StringComparison.Ordinal), receiver);
        await broker.StatusAsync(status => status.IsConnected);
        await using var peer = await rabbit.ConnectAsync();

        await peer.PublishAsync("x_sqapi", "q_sqapi", "one|two");
        await receiver.CountAsync(1);
        await broker.StopAsync();

        Assert.Equal("rabbitmq:q_sqapi", broker.Broker.Name);
        Assert.Equal(["one|two"], receiver.Bodies);
        Assert.Equal(
            ("id of one|two", "text/plain"), (receiver.Deliveries[0].ExternalId, receiver.Deliveries[0].MediaType));
        Assert.Equal(0u, await peer.CountAsync("q_sqapi"));
        Assert.Empty(broker.Warnings);
    }

    [Fact]
    public async Task Messages_come_in_the_order_of_the_queue()
    {
        await using var peer = await rabbit.ConnectAsync();
        await peer.Channel.QueueDeclareAsync("q_order", durable: true, exclusive: false, autoDelete: false);
        var bodies = Enumerable.Range(0, 2000).Select(number => $"{number}").ToList();
        await peer.PublishAsync("", "q_order", bodies);
        var receiver = new Receiver();

        await using var broker = Start(Config("queue: q_order"), receiver);
        await receiver.CountAsync(bodies.Count);

        Assert.Equal(bodies, receiver.Bodies);
    }

    [Fact]
    public async Task Of_an_exchange_come_the_messages_under_each_of_the_bindings_and_no_others()
    {
        var receiver = new Receiver();
        await using var broker = Start(
            Config("queue: q_topics, exchange: x_topics, exchange_type: topic, bindings: ['sensor.*.warm', 'alarm.#']"),
            receiver);
        await broker.StatusAsync(status => status.IsConnected);
        await using var peer = await rabbit.ConnectAsync();

        await peer.PublishAsync("x_topics", "sensor.attic.warm", "first");
        await peer.Channel.BasicPublishAsync(
            "x_topics", "sensor.attic.cold", mandatory: false, body: "other"u8.ToArray());
        await peer.PublishAsync("x_topics", "alarm.fire.now", "second");
        await receiver.CountAsync(2);
        await broker.StopAsync();

        Assert.Equal(["first", "second"], receiver.Bodies);
        Assert.Equal(0u, await peer.CountAsync("q_topics"));
    }

    [Fact]
    public async Task No_more_than_the_prefetch_is_without_an_answer()
    {
        await using var peer = await rabbit.ConnectAsync();
        await peer.Channel.QueueDeclareAsync("q_prefetch", durable: true, exclusive: false, autoDelete: false);
        await peer.PublishAsync("", "q_prefetch", Enumerable.Range(0, 50).Select(number => $"{number}"));
        var receiver = new Receiver(isHolding: true);

        await using var broker = Start(Config("queue: q_prefetch, prefetch: 7"), receiver);
        await receiver.CountAsync(7);
        Assert.Equal(43u, await peer.CountAsync("q_prefetch"));
        receiver.Release(43);
        await receiver.CountAsync(50);
        receiver.Release(7);
        await broker.StopAsync();

        Assert.Equal(7, receiver.MaxAtOnce);
        Assert.Equal(0u, await peer.CountAsync("q_prefetch"));
    }

    [Fact]
    public async Task What_was_not_stored_at_the_stop_is_delivered_again()
    {
        await using var peer = await rabbit.ConnectAsync();
        await peer.Channel.QueueDeclareAsync("q_stop", durable: true, exclusive: false, autoDelete: false);
        await peer.PublishAsync("", "q_stop", "a", "b", "c", "d");
        using var processStops = new CancellationTokenSource();
        var receiver = new Receiver(isHolding: true);

        await using (
            var broker = Start(Config("queue: q_stop"), (delivery, _) =>
                receiver.ReceiveAsync(delivery, processStops.Token)))
        {
            await receiver.CountAsync(4);
            receiver.Release(1);
            await Eventually.Async(() => receiver.HeldCount == 3, () => "one answer");
            await processStops.CancelAsync();
            await broker.StopAsync();
        }

        Assert.Equal(3u, await peer.CountAsync("q_stop"));
        var next = new Receiver();
        await using var again = Start(Config("queue: q_stop"), next);
        await next.CountAsync(3);
        Assert.Equal(3, next.Bodies.Distinct().Count());
    }

    [Fact]
    public async Task A_stop_waits_for_the_answers_to_what_was_handed_over()
    {
        await using var peer = await rabbit.ConnectAsync();
        await peer.Channel.QueueDeclareAsync("q_finish", durable: true, exclusive: false, autoDelete: false);
        await peer.PublishAsync("", "q_finish", Enumerable.Range(0, 20).Select(number => $"{number}"));
        var receiver = new Receiver(isHolding: true);
        await using var broker = Start(Config("queue: q_finish, prefetch: 5"), receiver);
        await receiver.CountAsync(5);

        var stopped = broker.StopAsync();
        await Eventually.Async(
            async () => await peer.Channel.ConsumerCountAsync("q_finish") == 0, () => "the end of the consumer");
        Assert.False(stopped.IsCompleted);
        receiver.Release(5);
        await stopped;

        Assert.Equal(5, receiver.Bodies.Count);
        Assert.Equal(15u, await peer.CountAsync("q_finish"));
        Assert.False(broker.Broker.Status.IsConnected);
    }

    [Fact]
    public async Task A_queue_that_is_there_with_other_properties_is_used_as_it_is()
    {
        // As sqAPI declares it.
        await using var peer = await rabbit.ConnectAsync();
        await peer.Channel.QueueDeclareAsync(
            "q_old", durable: false, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-max-priority"] = 3 });
        await peer.PublishAsync("", "q_old", "kept");
        var receiver = new Receiver();

        await using var broker = Start(Config("queue: q_old"), receiver);
        await receiver.CountAsync(1);

        Assert.Contains("It is used as it is.", Assert.Single(broker.Warnings), StringComparison.Ordinal);
    }

    private string Config(string keys) => $"{{type: rabbitmq, host: 127.0.0.1, port: {rabbit.Server.Port}, {keys}}}";

    private static RunningBroker Start(string config, Receiver receiver) => Start(config, receiver.ReceiveAsync);

    private static RunningBroker Start(string config, Receive receive) => new(Factory, config, receive);
}
