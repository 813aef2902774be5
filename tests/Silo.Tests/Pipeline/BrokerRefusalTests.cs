using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using Tributary.Connectors;
using Tributary.Connectors.Brokers;
using Tributary.Connectors.Configuration;
using Tributary.Messages;
using Tributary.Pipeline.Intake;
using Tributary.TestingHost;
using Tributary.TestingHost.Brokers;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// Every error of the door on every way in: what becomes of the delivery that meets it, and that the one behind it is
/// stored. With real brokers and a real silo.
/// </summary>
public sealed class BrokerRefusalTests : IAsyncLifetime
{
    // Beside those of the table: one that no build knows, and an exception that has no code.
    private static readonly string[] Codes =
        [.. DoorRefusals.Codes.Order(StringComparer.Ordinal), "a_code_to_come", ""];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly List<string> warnings = [];
    private RabbitMqServer? rabbit;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        if (rabbit is not null)
            await rabbit.DisposeAsync();
    }

    [Fact]
    public async Task With_RabbitMQ_every_code_has_its_consequence()
    {
        rabbit = await RabbitMqServer.StartNewAsync();
        foreach (var kind in new[] { "classic", "quorum" })
        {
            foreach (var hasDeadLetters in new[] { false, true })
                await CheckRabbitAsync(kind, hasDeadLetters);
        }
    }

    [Fact]
    public async Task With_ZeroMQ_every_code_has_its_consequence()
    {
        var port = FreePort.Next();
        await using var silo = await RefusingSilo.StartAsync();
        await using var broker =
            Start(new ZeroMqBrokerFactory(), silo, ("type", "zeromq"), ("port", Text(port)),
                ("connection_type", "bind"));
        await ZeroMqProducer.SendAsync("PUSH", "connect", port, Codes.SelectMany(code =>
            new[] { Bad(code), Good(code) }), Cancellation);

        await CheckAsync(silo, hasDeadLetters: false, "ZeroMQ");
        await CureAsync(silo, hasDeadLetters: false, "ZeroMQ");
    }

    private static string Bad(string code) => $$"""{"refuse":"{{code}}"}""";

    private static string Good(string code) => $$"""{"good":"{{code}}"}""";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string[] Of(RefusalKind kind) => [.. Codes.Where(code => DoorRefusals.KindOf(code) == kind)];

    private async Task CheckRabbitAsync(string kind, bool hasDeadLetters)
    {
        var row = $"{kind}_{(hasDeadLetters ? "letters" : "none")}";
        await using var connection =
            await new ConnectionFactory { HostName = "127.0.0.1",
                Port = rabbit!.Port }.CreateConnectionAsync(Cancellation);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                Cancellation);
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = kind };
        if (kind == "quorum")
            arguments["x-delivery-limit"] = 2;
        await channel.QueueDeclareAsync($"q_{row}", durable: true, exclusive: false, autoDelete: false, arguments,
            cancellationToken: Cancellation);
        await channel.ExchangeDeclareAsync($"x_{row}", "topic", durable: true, cancellationToken: Cancellation);
        await channel.QueueDeclareAsync($"dead_{row}", durable: true, exclusive: false, autoDelete: false,
            cancellationToken: Cancellation);
        await channel.QueueBindAsync($"dead_{row}", $"x_{row}", "#", cancellationToken: Cancellation);
        foreach (var code in Codes)
        {
            foreach (var body in new[] { Bad(code), Good(code) })
            {
                var properties = new BasicProperties { MessageId = body, DeliveryMode = DeliveryModes.Persistent };
                await channel.BasicPublishAsync("", $"q_{row}", mandatory: true, properties,
                    Encoding.UTF8.GetBytes(body), Cancellation);
            }
        }

        await using var silo = await RefusingSilo.StartAsync();
        var keys =
            new List<(string, string)> { ("type", "rabbitmq"), ("host", "127.0.0.1"), ("port", Text(rabbit.Port)),
                ("queue", $"q_{row}"), ("declare", "false") };
        if (hasDeadLetters)
            keys.Add(("dead_letter_exchange", $"x_{row}"));
        await using var broker = Start(new RabbitMqBrokerFactory(), silo, [.. keys]);

        await CheckAsync(silo, hasDeadLetters, row);

        // What all meet waits unacknowledged; everything else has its answer.
        await PollAsync(async () =>
            await UnansweredAsync($"q_{row}") == $"0\t{Of(RefusalKind.CurableForAll).Length}", () =>
                $"{row}: the queue");
        var letters = await LettersAsync(channel, $"dead_{row}", hasDeadLetters ? Of(RefusalKind.Final).Length : 0);
        Assert.Equal(hasDeadLetters ? Of(RefusalKind.Final).Select(code => (code, Bad(code))) : [], letters.Order());

        await CureAsync(silo, hasDeadLetters, row);
        await PollAsync(async () => await UnansweredAsync($"q_{row}") == "0\t0", () => $"{row}: the empty queue");
        Assert.Equal(0u, await channel.MessageCountAsync($"dead_{row}", Cancellation));
    }

    // While nothing is cured: what is behind a refused delivery is stored, and that itself is where its kind of error
    // says.
    private static async Task CheckAsync(RefusingSilo silo, bool hasDeadLetters, string row)
    {
        var bodies = new List<string>();
        await PollAsync(async () => (bodies = await silo.BodiesAsync()).Count >= Codes.Length, () =>
            $"{row}: {string.Join(' ', bodies)}");
        Assert.Equal(Codes.Select(Good).Order(), bodies.Order());

        string[] kept = [.. Of(RefusalKind.CurableAlone), .. hasDeadLetters ? [] : Of(RefusalKind.Final)];
        var ids = new Dictionary<string, MessageId>();
        await PollAsync(async () => (ids = await silo.KeptAsync()).Count >= kept.Length, () =>
            $"{row}: {string.Join(' ', ids.Keys)}");
        Assert.Equal(kept.Select(Bad).Order(), ids.Keys.Order());

        MessageStatus Expected(string code) =>
            DoorRefusals.KindOf(code) == RefusalKind.Final ? MessageStatus.Parked : MessageStatus.Retrying;
        var parts = await silo.PartsAsync();
        await PollAsync(
            async () =>
            {
                parts = await silo.PartsAsync();
                return kept.All(code =>
                    parts.TryGetValue(ids[Bad(code)], out var part) && part.Part.Status == Expected(code));
            },
            () => $"{row}: {string.Join(' ', parts.Values)}");
        Assert.All(kept, code =>
        {
            var part = parts[ids[Bad(code)]].Part;
            Assert.Equal(ProcessingStep.Accept, part.Step);
            Assert.StartsWith((code.Length == 0 ? "internal" : code) + ": ", part.Error, StringComparison.Ordinal);
        });
    }

    // Once it is cured: what waited is stored, once, and what is final stays where it is.
    private static async Task CureAsync(RefusingSilo silo, bool hasDeadLetters, string row)
    {
        silo.IsCured = true;
        foreach (var part in (await silo.PartsAsync()).Values)
            await silo.RetryAsync(part);

        string[] expected = [.. Codes.Select(Good), .. Codes.Where(code =>
            DoorRefusals.KindOf(code) != RefusalKind.Final).Select(Bad)];
        var bodies = new List<string>();
        await PollAsync(async () => (bodies = await silo.BodiesAsync()).Count >= expected.Length, () =>
            $"{row}: {string.Join(' ', bodies)}");
        Assert.Equal(expected.Order(), bodies.Order());

        var left = new List<string>();
        string[] parked = hasDeadLetters ? [] : Of(RefusalKind.Final);
        await PollAsync(
            async () =>
                (left = [.. (await silo.PartsAsync()).Values.Select(part => $"{part.Part.Status} {part.Part.Error}")])
                    .Count == parked.Length
                && left.All(part => part.StartsWith("Parked", StringComparison.Ordinal)),
            () => $"{row}: {string.Join(' ', left)}");
        var ledger = await silo.LedgerAsync();
        Assert.True(ledger.Total.Balances);
        Assert.Equal(ledger.Total, ledger.Recounted);
        Assert.Equal(parked.Length, ledger.Total.Parked);
    }

    private static async Task<List<(string Code, string Body)>> LettersAsync(IChannel channel, string queue, int count)
    {
        var letters = new List<(string, string)>();
        await PollAsync(
            async () =>
            {
                while (await channel.BasicGetAsync(queue, autoAck: true, Cancellation) is { } letter)
                    letters.Add(
                        (Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers!["x-tributary-code"]!),
                            Encoding.UTF8.GetString(letter.Body.Span)));
                return letters.Count >= count;
            },
            () => $"{queue}: {string.Join(' ', letters)}");
        return letters;
    }

    // Deliveries that wait and those that are in hands.
    private async Task<string> UnansweredAsync(string queue) =>
        (await rabbit!.ControlAsync("list_queues", "--no-table-headers", "name", "messages_ready",
            "messages_unacknowledged"))
        .Split('\n').Single(line =>
            line.StartsWith(queue + "\t", StringComparison.Ordinal))[(queue.Length + 1)..].Trim();

    private RunningBroker Start(IBrokerFactory factory, RefusingSilo silo, params (string Key, string Value)[] keys)
    {
        var map = new ConfigMap("test");
        foreach (var (key, value) in keys)
            map.Set(key, new ConfigScalar("test", value, value, IsQuoted: false));
        var errors = new List<ConfigError>();
        var broker =
            factory.Create(new ConfigField(map, "broker", "test", errors),
                new ConnectorServices(TimeProvider.System, Warn, "/"));
        Assert.Empty(errors);
        return new RunningBroker(broker!, silo.NewListener(broker!.Name));
    }

    private void Warn(string text)
    {
        lock (warnings)
            warnings.Add(text);
    }

    // The brokers and the silo go on by themselves and have no signal to wait for.
    private static async Task PollAsync(Func<Task<bool>> isDone, Func<string> found)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        while (!await isDone())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"It did not come to it: {found()}");
            await Task.Delay(50, Cancellation);
        }
    }

    private sealed class RunningBroker : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly IBroker broker;
        private readonly Task running;

        public RunningBroker(IBroker broker, Listener listener)
        {
            this.broker = broker;
            running = broker.RunAsync(listener.ReceiveAsync, stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running;
            await broker.DisposeAsync();
            stop.Dispose();
        }
    }
}
