namespace Tributary.Connectors.Brokers;

/// <summary>One socket from its opening to its end, on one thread.</summary>
internal sealed class ZeroMqSession(ZeroMqOptions options, BrokerHealth health, ReceiveWindow window,
    TimeProvider time, Action<Delivery> take)
{
    /// <summary>A peer that sends a larger message is disconnected by libzmq, and the message is gone.</summary>
    public const long MaxMessageBytes = 64 * 1024 * 1024;

    private const string MonitorEndpoint = "inproc://monitor";
    private const int ReconnectMs = 100;
    private const int MaxReconnectMs = 10_000;
    private const int KeepAliveIdleSeconds = 60;

    // How long the thread is deaf to a stop and to news of its connections.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Receives until stopped; then takes what libzmq holds already, and closes after <paramref name="beforeClose"/>.
    /// </summary>
    /// <exception cref="ZeroMqException">The socket cannot be opened or read.</exception>
    public void Run(Action beforeClose, CancellationToken stop)
    {
        using var context = new ZeroMqContext();
        using var socket = new ZeroMqSocket(context, options.IsSubscriber ? ZeroMqLibrary.Sub : ZeroMqLibrary.Pull);
        using var monitor = new ZeroMqSocket(context, ZeroMqLibrary.Pair);
        Open(socket, monitor);
        while (!stop.IsCancellationRequested)
        {
            Listen(monitor);
            if (window.WaitForRoom(Pause))
                ReceiveOne(socket);
        }

        Drain(socket);
        beforeClose();
    }

    // Until there has been nothing for a pause. A peer that goes on sending, or answers that do not come, could keep
    // this going for ever.
    private void Drain(ZeroMqSocket socket)
    {
        var start = time.GetTimestamp();
        for (
            var count = 0;
            count < options.HighWaterMarkCount && time.GetElapsedTime(start) < BrokerLimits.StopTimeout;
)
        {
            if (!window.WaitForRoom(Pause))
                continue;
            if (!ReceiveOne(socket))
                return;
            count++;
        }
    }

    private void Open(ZeroMqSocket socket, ZeroMqSocket monitor)
    {
        socket.Set(ZeroMqOption.ReceiveHighWaterMark, options.HighWaterMarkCount);
        socket.Set(ZeroMqOption.LingerMs, options.LingerMs);
        socket.Set(ZeroMqOption.MaxMessageBytes, MaxMessageBytes);
        socket.Set(ZeroMqOption.ReceiveTimeoutMs, (int)Pause.TotalMilliseconds);
        socket.Set(ZeroMqOption.ReconnectMs, ReconnectMs);
        socket.Set(ZeroMqOption.MaxReconnectMs, MaxReconnectMs);
        socket.Set(ZeroMqOption.TcpKeepAlive, 1);
        socket.Set(ZeroMqOption.TcpKeepAliveIdleSeconds, KeepAliveIdleSeconds);
        if (options.Endpoint.Contains('['))
            socket.Set(ZeroMqOption.IpV6, 1);
        foreach (var topic in options.IsSubscriber ? options.Topics : [])
            socket.Subscribe(topic);
        monitor.Set(ZeroMqOption.LingerMs, 0);
        if (options.IsBound)
        {
            socket.Bind(options.Endpoint);
            health.Connected();
            return;
        }

        socket.Monitor(
            MonitorEndpoint, ZeroMqEvents.HandshakeSucceeded | ZeroMqEvents.Disconnected | ZeroMqEvents.ConnectRetried);
        monitor.Connect(MonitorEndpoint);
        socket.Connect(options.Endpoint);
    }

    // Connecting again is libzmq's own work; it is only told.
    private void Listen(ZeroMqSocket monitor)
    {
        while (!options.IsBound && monitor.ReceiveEvent() is var happened and not ZeroMqEvents.None)
        {
            if (happened == ZeroMqEvents.HandshakeSucceeded)
                health.Connected();
            else
                health.Lost($"{options.Endpoint}: {(happened == ZeroMqEvents.Disconnected ? "the peer has closed the connection" : "no peer answers")}");
        }
    }

    /// <summary>False when there was nothing for a pause.</summary>
    private bool ReceiveOne(ZeroMqSocket socket)
    {
        if (socket.Receive(wait: true, out var hasMore) is not { } body)
            return false;

        // The frames of a message come together or not at all.
        var frames = new ZeroMqFrames(body);
        while (hasMore)
        {
            // A signal may interrupt the call, but not the message.
            if (socket.Receive(wait: true, out var hasNextMore) is not { } next)
                continue;
            hasMore = hasNextMore;
            frames.Add(next);
        }

        health.Received();
        take(frames.ToDelivery(options.IsSubscriber));
        return true;
    }
}
