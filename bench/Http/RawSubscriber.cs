using System.Buffers.Binary;

namespace Tributary.Bench.Http;

/// <summary>
/// The receiving side of a WebSocket that only splits frames, so that hundreds of
/// subscribers cost little beside the server.
/// </summary>
internal sealed class RawSubscriber : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const byte TextFrame = 0x81;
    private const byte CloseFrame = 0x88;

    private readonly RawConnection connection;
    private readonly byte[] buffer = new byte[BufferBytes];
    private int filled;

    private RawSubscriber(RawConnection connection) => this.connection = connection;

    /// <summary>Handles the payload of a text frame, on the thread that received it.</summary>
    public delegate void Taken(ReadOnlySpan<byte> payload);

    /// <summary>Text frames received.</summary>
    public long Count { get; private set; }

    /// <summary>Returns once the server has switched protocols.</summary>
    public static async Task<RawSubscriber> ConnectAsync(int port, string path)
    {
        var subscriber = new RawSubscriber(await RawConnection.ConnectAsync(port));
        await subscriber.connection.SendOnlyAsync(Requests.Upgrade(path));
        int head;
        while ((head = subscriber.buffer.AsSpan(0, subscriber.filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var count = await subscriber.connection.ReceiveAsync(subscriber.buffer.AsMemory(subscriber.filled));
            if (count == 0)
                throw new InvalidOperationException("The server closed the connection.");
            subscriber.filled += count;
        }

        RawConnection.Check(subscriber.buffer, 101);
        // Frames may have arrived with the response head.
        subscriber.Drop(head + 4);
        return subscriber;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> frame) => await connection.SendOnlyAsync(frame);

    /// <summary>
    /// Receives once and gives every whole frame to <paramref name="taken"/>; false when the connection was disposed.
    /// </summary>
    /// <exception cref="InvalidOperationException">The server ended the feed.</exception>
    public async ValueTask<bool> ReceiveAsync(Taken taken)
    {
        int count;
        try
        {
            count = await connection.ReceiveAsync(buffer.AsMemory(filled));
        }
        catch (Exception error) when (error is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The bench disposed of the connection, because it has seen enough.
            return false;
        }

        if (count == 0)
            return false;
        filled += count;
        Cut(taken);
        return true;
    }

    public void Dispose() => connection.Dispose();

    private void Cut(Taken taken)
    {
        var at = 0;
        while (filled - at >= 4)
        {
            var frame = buffer.AsSpan(at, filled - at);
            var (head, length) = frame[1] switch
            {
                < 126 => (2, frame[1]),
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
                _ => throw new InvalidOperationException("A frame is longer than the samples."),
            };
            if (frame.Length < head + length)
                break;
            if (frame[0] == CloseFrame)
                throw new InvalidOperationException(
                    $"The server closed: {System.Text.Encoding.UTF8.GetString(frame.Slice(head + 2, length - 2))}");
            if (frame[0] == TextFrame)
            {
                Count++;
                taken(frame.Slice(head, length));
            }

            at += head + length;
        }

        Drop(at);
    }

    private void Drop(int count)
    {
        buffer.AsSpan(count, filled - count).CopyTo(buffer);
        filled -= count;
    }
}
