namespace Tributary.Connectors.Brokers;

/// <summary>One socket from its opening to its close, on one thread.</summary>
internal sealed class ZeroMqSession(ZeroMqOptions options, BrokerHealth health, ReceiveWindow window,
    TimeProvider time, Action<Delivery> take)
{
    /// <summary>
    /// The largest message, in bytes; libzmq disconnects a peer that sends a larger one, and the message is lost.
    /// </summary>
    public const long MaxMessageBytes = 64 * 1024 * 1024;

    private const string MonitorEndpoint = "inproc://monitor";
    private const int ReconnectMs = 100;
    private const int MaxReconnectMs = 10_000;
    private const int KeepAliveIdleSeconds = 60;

    // The longest time in which the thread notices neither a stop nor news of its connections.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Receives until stopped; then takes the messages that libzmq has already, and closes after
    /// <paramref name="beforeClose"/>.
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

    // Ends when nothing came for a pause. The count and the time are bounded, because a peer that goes on sending, or
    // missing answers, could keep the loop going for ever.
    private void Drain(ZeroMqSocket socket)
    {
        var start = time.GetTimestamp();
        var count = 0;
        while (count < options.HighWaterMarkCount && time.GetElapsedTime(start) < BrokerLimits.StopTimeout)
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

    // libzmq reconnects by itself; the monitor only reports it.
    private void Listen(ZeroMqSocket monitor)
    {
        while (!options.IsBound && monitor.ReceiveEvent() is var happened and not ZeroMqEvents.None)
        {
            if (happened == ZeroMqEvents.HandshakeSucceeded)
                health.Connected();
            else
                health.Lost(
                    happened == ZeroMqEvents.Disconnected
                        ? $"{options.Endpoint}: the peer has closed the connection"
                        : $"{options.Endpoint}: no peer answers");
        }
    }

    /// <summary>False when nothing came for a pause.</summary>
    private bool ReceiveOne(ZeroMqSocket socket)
    {
        if (socket.Receive(wait: true, out var hasMore) is not { } body)
            return false;

        // The frames of a message come together or not at all.
        var frames = new ZeroMqFrames(body);
        while (hasMore)
        {
            // A signal may interrupt the call, but does not split the message.
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
