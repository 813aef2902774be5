using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tributary.TestingHost.Clusters;

/// <summary>
/// The way of one silo to its database: it takes connections on a port of its own, and passes their bytes on to the
/// server. It can hold the bytes, so that both sides see silent connections, and it can be cut, so that both see them
/// end.
/// </summary>
internal sealed class DatabaseRelay : IAsyncDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly IPEndPoint server;
    private readonly ConcurrentDictionary<Socket, bool> sockets = new();
    private readonly Lock listening = new();
    private readonly IPEndPoint own;
    private Socket? listener;

    public DatabaseRelay(IPEndPoint server)
    {
        this.server = server;
        own = new IPEndPoint(IPAddress.Loopback, 0);
        Listen();
        own = (IPEndPoint)listener!.LocalEndPoint!;
    }

    public int Port => own.Port;

    /// <summary>Closed: no byte passes, and a new connection gets no answer.</summary>
    public Gate Gate { get; } = new();

    /// <summary>Ends all connections on both sides, and refuses new ones.</summary>
    public void Cut()
    {
        lock (listening)
        {
            listener?.Dispose();
            listener = null;
        }

        foreach (var socket in sockets.Keys)
            Reset(socket);
    }

    /// <summary>Takes connections again, on the same port.</summary>
    public void Heal()
    {
        lock (listening)
        {
            if (listener is null)
                Listen();
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        Gate.Open();
        return ValueTask.CompletedTask;
    }

    private void Listen()
    {
        var opened = new Socket(SocketType.Stream, ProtocolType.Tcp);
        opened.Bind(own);
        opened.Listen();
        listener = opened;
        _ = AcceptAsync(opened);
    }

    private async Task AcceptAsync(Socket opened)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await opened.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = RelayAsync(client, opened);
        }
    }

    private async Task RelayAsync(Socket client, Socket opened)
    {
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        sockets[client] = sockets[upstream] = true;
        try
        {
            await Gate.PassAsync(CancellationToken.None);
            // A cut ends the connections that it knows. It came before it knew these, or it has ended them.
            if (!ReferenceEquals(Volatile.Read(ref listener), opened))
                return;
            await upstream.ConnectAsync(server);
            await Task.WhenAny(PumpAsync(client, upstream), PumpAsync(upstream, client));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The server refuses, or the relay was cut: the silo sees its connection end.
        }
        finally
        {
            Reset(client);
            Reset(upstream);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                await Gate.PassAsync(CancellationToken.None);
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side has ended; the other one ends with it.
        }
    }

    // As when a process ends: the other side is told at once, and bytes under way are lost.
    private void Reset(Socket socket)
    {
        if (!sockets.TryRemove(socket, out _))
            return;
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }

        socket.Dispose();
    }
}
