using System.Globalization;
using System.Text;
using Tributary.Connectors.Brokers;
using Tributary.TestingHost;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>What a producer can rely on, with real peers.</summary>
public sealed class ZeroMqBrokerTests
{
    private readonly int port = FreePort.Next();

    [Fact]
    public async Task The_configuration_of_sqAPI_receives_as_it_stands()
    {
        var receiver = new Receiver();
        var asItStands = "{type: zeromq, host: '*', port: 5001, connection_type: bind, socket_type: 7, protocol: tcp}";
        await using var broker = Start(asItStands.Replace("5001", $"{port}", StringComparison.Ordinal), receiver);

        await using var peer = ZeroMqPeer.Start("PUSH", "connect", $"tcp://127.0.0.1:{port}", "0", "100");
        await receiver.CountAsync(100);

        Assert.Equal($"zeromq:tcp://*:{port}", broker.Broker.Name);
        Assert.Equal(Numbers(0, 100), receiver.Bodies);
        Assert.True(broker.Broker.Status.IsConnected);
        Assert.Empty(broker.Warnings);
    }

    [Theory]
    [InlineData("PULL", "bind")]
    [InlineData("PULL", "connect")]
    [InlineData("SUB", "bind")]
    [InlineData("SUB", "connect")]
    public async Task Both_sockets_receive_whoever_of_the_two_listens(string socketType, string connectionType)
    {
        var receiver = new Receiver();
        await using var peer = ZeroMqPeer.Start(
            socketType == "PULL" ? "PUSH" : "PUB",
            connectionType == "bind" ? "connect" : "bind",
            $"tcp://127.0.0.1:{port}",
            "0",
            "1000");
        await using var broker = Start(
            $"{{type: zeromq, port: {port}, connection_type: {connectionType}, socket_type: {socketType}}}", receiver);

        await receiver.CountAsync(1000);
        await broker.StatusAsync(status => status is { IsConnected: true, ReceivedCount: 1000, RefusedCount: 0 });

        Assert.Equal(Numbers(0, 1000), receiver.Bodies);
    }

    [Fact]
    public async Task A_subscriber_gets_its_topics_and_the_bodies_without_them()
    {
        var receiver = new Receiver();
        await using var broker = Start(
            $"{{type: zeromq, port: {port}, connection_type: bind, socket_type: 2, topics: [warm., cold.]}}", receiver);
        await broker.StatusAsync(status => status.IsConnected);

        await using var peer = ZeroMqPeer.Start(
            "PUB", "connect", $"tcp://127.0.0.1:{port}", "0", "10", "--frames", "2", "--topics",
            "warm.attic,other.attic");
        await receiver.CountAsync(10);
        await peer.SaysAsync("done");
        await broker.StopAsync();

        Assert.Equal(Numbers(0, 10), receiver.Bodies);
    }

    [Theory]
    [InlineData("PULL", "PUSH", 2)]
    [InlineData("SUB", "PUB", 3)]
    public async Task Messages_with_frames_that_have_no_meaning_are_handed_over_with_their_fault_counted_and_told(
        string socketType, string peerType, int framesCount)
    {
        var receiver = new Receiver
        {
            Answer = delivery => delivery.Fault is { } fault
                ? new Reception.Kept(default, fault.Code, fault.Reason, IsCurable: false)
                : new Reception.Stored(default, IsRepeat: false),
        };
        await using var broker = Start(
            $"{{type: zeromq, port: {port}, connection_type: bind, socket_type: {socketType}}}", receiver);
        await broker.StatusAsync(status => status.IsConnected);

        await using var odd = ZeroMqPeer.Start(
            peerType, "connect", $"tcp://127.0.0.1:{port}", "0", "5", "--frames", $"{framesCount}");
        await broker.StatusAsync(status => status is { ReceivedCount: 5, RefusedCount: 5 });
        await using var sound = ZeroMqPeer.Start(peerType, "connect", $"tcp://127.0.0.1:{port}", "5", "5");
        await receiver.CountAsync(10);

        Assert.Equal(Numbers(5, 5), receiver.Deliveries.Where(delivery => delivery.Fault is null).Select(delivery =>
            Encoding.UTF8.GetString(delivery.Body.Span)));
        var odds = receiver.Deliveries.Where(delivery => delivery.Fault is not null).ToList();
        Assert.Equal(5, odds.Count);
        Assert.All(odds, delivery => Assert.Equal("frames_unexpected", delivery.Fault!.Code));
        Assert.All(odds, delivery =>
            Assert.StartsWith($"The message has {framesCount} frames (bytes: ", delivery.Fault!.Reason,
                StringComparison.Ordinal));
        Assert.Equal(Numbers(0, 5), odds.Select(delivery => Encoding.UTF8.GetString(delivery.Body.Span)[^1..]));
        Assert.Contains("frames_unexpected: ", Assert.Single(broker.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_is_slowed_down_while_answers_are_missing_and_nothing_is_lost()
    {
        const int Count = 2000;
        var receiver = new Receiver(isHolding: true);
        await using var broker = Start(
            $"{{type: zeromq, port: {port}, connection_type: bind, high_water_mark: 10, prefetch: 10}}", receiver);

        await using var peer = ZeroMqPeer.Start(
            "PUSH", "connect", $"tcp://127.0.0.1:{port}", "0", $"{Count}", "--size", "50000");
        await peer.SaysAsync("blocked");
        Assert.Equal(10, broker.Broker.Status.ReceivedCount);
        Assert.Equal(10, receiver.HeldCount);
        receiver.Release(Count);
        await receiver.CountAsync(Count);

        Assert.Equal(10, receiver.MaxAtOnce);
        Assert.Equal(Numbers(0, Count), receiver.Bodies.Select(body => body.TrimEnd()));
    }

    [Theory]
    [InlineData("bind", "connect")]
    [InlineData("connect", "bind")]
    public async Task A_peer_that_was_started_again_is_heard_again(string ours, string theirs)
    {
        var receiver = new Receiver();
        await using var broker = Start($"{{type: zeromq, port: {port}, connection_type: {ours}}}", receiver);
        await using (ZeroMqPeer.Start("PUSH", theirs, $"tcp://127.0.0.1:{port}", "0", "100"))
            await receiver.CountAsync(100);
        if (ours == "connect")
            await broker.StatusAsync(status => !status.IsConnected);

        await using var next = ZeroMqPeer.Start("PUSH", theirs, $"tcp://127.0.0.1:{port}", "100", "100");
        await receiver.CountAsync(200);

        Assert.Equal(Numbers(0, 200), receiver.Bodies);
        await broker.StatusAsync(status => status.IsConnected);
    }

    [Fact]
    public async Task A_stop_makes_durable_what_was_received()
    {
        var receiver = new Receiver(isHolding: true);
        await using var broker = Start(
            $"{{type: zeromq, port: {port}, connection_type: bind, prefetch: 10}}", receiver);
        await using var peer = ZeroMqPeer.Start("PUSH", "connect", $"tcp://127.0.0.1:{port}", "0", "500");
        await peer.SaysAsync("done");
        await receiver.CountAsync(10);

        // The others wait in libzmq.
        var stopped = broker.StopAsync();
        Assert.False(stopped.IsCompleted);
        receiver.Release(500);
        await stopped;

        Assert.Equal(Numbers(0, 500), receiver.Bodies);
        Assert.Equal(0, receiver.HeldCount);
        Assert.Empty(broker.Warnings);
    }

    [Fact]
    public async Task A_message_that_could_not_be_taken_is_offered_until_it_is()
    {
        var failures = 2;
        var receiver = new Receiver
        {
            Answer = _ =>
                Interlocked.Decrement(ref failures) >= 0
                    ? throw new IOException("The store is away.")
                    : new Reception.Stored(new MessageId(Guid.Empty), IsRepeat: false),
        };
        await using var broker = Start($"{{type: zeromq, port: {port}, connection_type: bind}}", receiver);

        await using var peer = ZeroMqPeer.Start("PUSH", "connect", $"tcp://127.0.0.1:{port}", "0", "1");
        await receiver.CountAsync(3);

        Assert.Equal(["0", "0", "0"], receiver.Bodies);
        Assert.Contains("is tried again", Assert.Single(broker.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_refused_is_counted_and_told()
    {
        var receiver = new Receiver { Answer = _ =>
            new Reception.Kept(default, "body_not_json", "The body is no JSON.", IsCurable: false) };
        await using var broker = Start($"{{type: zeromq, port: {port}, connection_type: bind}}", receiver);

        await using var peer = ZeroMqPeer.Start("PUSH", "connect", $"tcp://127.0.0.1:{port}", "0", "3");
        await broker.StatusAsync(status => status is { ReceivedCount: 3, RefusedCount: 3 });

        Assert.Contains("body_not_json: The body is no JSON.) and is kept among what failed",
            Assert.Single(broker.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_waited_for()
    {
        var first = new Receiver();
        var second = new Receiver();
        var config = $"{{type: zeromq, port: {port}, connection_type: bind}}";
        var holder = Start(config, first);
        await holder.StatusAsync(status => status.IsConnected);
        await using var waiting = Start(config, second);
        await waiting.WarnedAsync("Address already in use");

        await holder.DisposeAsync();
        await waiting.StatusAsync(status => status.IsConnected);
        await using var peer = ZeroMqPeer.Start("PUSH", "connect", $"tcp://127.0.0.1:{port}", "0", "10");
        await second.CountAsync(10);

        Assert.Equal(2, waiting.Warnings.Count);
    }

    private static IEnumerable<string> Numbers(int first, int count) =>
        Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private static RunningBroker Start(string config, Receiver receiver) =>
        new(new ZeroMqBrokerFactory(), config, receiver.ReceiveAsync);
}
