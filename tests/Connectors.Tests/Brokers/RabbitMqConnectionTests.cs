using Tributary.Connectors.Brokers;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>Whatever ends a connection, a channel or a consumer: the broker comes back, and nothing is lost.</summary>
[Collection(nameof(RabbitMqCollection))]
public sealed class RabbitMqConnectionTests(RabbitMqFixture rabbit)
{
    private const int MessagesCount = 10_000;
    private const int FailuresCount = 3;

    [Fact]
    public async Task Each_of_10000_messages_is_stored_across_restarts_of_the_server_and_failures_of_the_receiver()
    {
        var stored = new HashSet<string>();
        var gate = new Lock();
        var middle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var received = 0;
        var failed = 0;

        async ValueTask<Reception> Receive(Delivery delivery, CancellationToken cancellation)
        {
            // Slow, as behind a commit; and now and then it cannot take one.
            await Task.Yield();
            lock (gate)
            {
                if (++received % 2500 == 0 && failed < FailuresCount)
                {
                    failed++;
                    throw new IOException("The store is away.");
                }

                stored.Add(delivery.ExternalId!);
                if (stored.Count == MessagesCount / 3)
                    middle.TrySetResult();
                if (stored.Count == MessagesCount)
                    all.TrySetResult();
            }

            return new Reception.Stored(new MessageId(Guid.Empty), IsRepeat: false);
        }

        await using var broker = Start("queue: q_many, prefetch: 200", Receive);
        await broker.StatusAsync(status => status.IsConnected);
        await using (var peer = await rabbit.ConnectAsync())
            await peer.PublishAsync("", "q_many", Enumerable.Range(0, MessagesCount).Select(number => $"{number}"));
        await middle.Task.WaitAsync(Eventually.Limit);
        await rabbit.Server.KillAsync();
        await rabbit.Server.StartAsync();
        await all.Task.WaitAsync(Eventually.Limit);
        // A server that is killed forgets acknowledgements: it delivers what was stored already again, and that late.
        await using var after = await rabbit.ConnectAsync();
        await Waiting.UntilAsync(async () => await after.CountAsync("q_many") == 0);
        await broker.StopAsync();

        Assert.Equal(MessagesCount, stored.Count);
        Assert.Equal(FailuresCount, failed);
        Assert.Equal(0u, await after.CountAsync("q_many"));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_it_is_stored()
    {
        await using var peer = await rabbit.ConnectAsync();
        var receiver = new Receiver(isHolding: true);
        await using var broker = Start("queue: q_unanswered", receiver.ReceiveAsync);
        await broker.StatusAsync(status => status.IsConnected);
        await peer.PublishAsync("", "q_unanswered", Enumerable.Range(0, 10).Select(number => $"{number}"));
        await receiver.CountAsync(10);
        receiver.Release(4);
        await Eventually.Async(() => receiver.HeldCount == 6, () => "four answers");

        await rabbit.Server.ControlAsync("close_all_connections", "a test");
        await receiver.CountAsync(16);

        Assert.Equal(6, receiver.Bodies.GroupBy(body => body).Count(group => group.Count() == 2));
        receiver.Release(6);
        await broker.StopAsync();
        await using var after = await rabbit.ConnectAsync();
        Assert.Equal(0u, await after.CountAsync("q_unanswered"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_waited_for_and_missed_once()
    {
        await rabbit.Server.StopAsync();
        var receiver = new Receiver();
        await using var broker = Start("queue: q_early", receiver.ReceiveAsync);
        await broker.StatusAsync(status => status is { IsConnected: false, LastError: not null });

        await rabbit.Server.StartAsync();
        await broker.StatusAsync(status => status.IsConnected);
        await using var peer = await rabbit.ConnectAsync();
        await peer.PublishAsync("", "q_early", "one");
        await receiver.CountAsync(1);

        Assert.Contains("connected again", broker.Warnings[^1], StringComparison.Ordinal);
        Assert.Equal(broker.Warnings.Count, broker.Warnings.Distinct().Count());
    }

    [Fact]
    public async Task A_queue_that_was_deleted_is_made_again()
    {
        await using var peer = await rabbit.ConnectAsync();
        var receiver = new Receiver();
        await using var broker = Start("queue: q_deleted", receiver.ReceiveAsync);
        await broker.StatusAsync(status => status.IsConnected);

        await peer.Channel.QueueDeleteAsync("q_deleted", ifUnused: false, ifEmpty: false);
        await broker.WarnedAsync("connected again");
        await peer.PublishAsync("", "q_deleted", "one");
        await receiver.CountAsync(1);

        Assert.Contains("the queue was deleted", broker.Broker.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_to_be_declared_is_waited_for()
    {
        await using var peer = await rabbit.ConnectAsync();
        var receiver = new Receiver();
        await using var broker = Start("queue: q_theirs, declare: false", receiver.ReceiveAsync);
        await broker.WarnedAsync("no queue 'q_theirs'");

        await peer.Channel.QueueDeclareAsync("q_theirs", durable: false, exclusive: false, autoDelete: false);
        await peer.PublishAsync("", "q_theirs", "one");
        await receiver.CountAsync(1);
    }

    [Fact]
    public async Task A_password_that_is_refused_is_shown_nowhere()
    {
        await using var broker = Start("queue: q_secret, user: guest, password: s3cret-7", new Receiver().ReceiveAsync);
        await broker.WarnedAsync("ACCESS_REFUSED");

        Assert.DoesNotContain(
            "s3cret-7",
            $"{broker.Broker.Name} {broker.Broker.Status} {string.Join('\n', broker.Warnings)}",
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_TLS_the_server_is_trusted_by_the_configured_certificate()
    {
        var receiver = new Receiver();
        await using var broker = StartTls($"queue: q_tls, tls_ca_file: {rabbit.Certificate.CertificateFile}", receiver);
        await broker.StatusAsync(status => status.IsConnected);
        await using var peer = await rabbit.ConnectAsync();

        await peer.PublishAsync("", "q_tls", "one");
        await receiver.CountAsync(1);

        Assert.Empty(broker.Warnings);
    }

    [Fact]
    public async Task With_TLS_a_server_that_nobody_vouches_for_is_not_trusted()
    {
        using var other = new TestCertificate();
        await using var withMachines = StartTls("queue: q_tls", new Receiver());
        await using var withAnother = StartTls($"queue: q_tls, tls_ca_file: {other.CertificateFile}", new Receiver());

        await withMachines.WarnedAsync("certificate");
        await withAnother.WarnedAsync("certificate");

        Assert.Equal((0, 0), (withMachines.Broker.Status.ReceivedCount, withAnother.Broker.Status.ReceivedCount));
        Assert.False(withMachines.Broker.Status.IsConnected || withAnother.Broker.Status.IsConnected);
    }

    private RunningBroker StartTls(string keys, Receiver receiver) =>
        new(
            new RabbitMqBrokerFactory(),
            $"{{type: rabbitmq, host: localhost, port: {rabbit.TlsPort}, tls: true, {keys}}}",
            receiver.ReceiveAsync);

    private RunningBroker Start(string keys, Receive receive) =>
        new(
            new RabbitMqBrokerFactory(),
            $"{{type: rabbitmq, host: 127.0.0.1, port: {rabbit.Server.Port}, {keys}}}",
            receive);
}
