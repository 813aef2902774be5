using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Tributary.TestingHost.Brokers;

/// <summary>
/// Publishes with headers that no client library writes: it makes the bytes of AMQP 0-9-1 by hand, as user guest on
/// 127.0.0.1. One connection, one channel, publisher confirms.
/// </summary>
public sealed class RawAmqpPublisher : IAsyncDisposable
{
    private const byte Method = 1;
    private const byte Header = 2;
    private const byte Body = 3;
    private const int HeadersFlag = 1 << 13;
    private const int MessageIdFlag = 1 << 7;

    private readonly TcpClient client = new();
    private NetworkStream stream = null!;

    private RawAmqpPublisher()
    {
    }

    public static async Task<RawAmqpPublisher> ConnectAsync(int port, CancellationToken cancellation)
    {
        var made = new RawAmqpPublisher();
        try
        {
            await made.client.ConnectAsync("127.0.0.1", port, cancellation);
            made.stream = made.client.GetStream();
            await made.OpenAsync(cancellation);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>A table with one field, which holds arrays nested to this depth.</summary>
    public static byte[] NestedArrays(int depth)
    {
        var entries = new byte[2 + (5 * depth)];
        (entries[0], entries[1]) = (1, (byte)'n');
        for (var level = 0; level < depth; level++)
        {
            entries[2 + (5 * level)] = (byte)'A';
            BinaryPrimitives.WriteInt32BigEndian(entries.AsSpan(3 + (5 * level)), 5 * (depth - level - 1));
        }

        return entries;
    }

    /// <summary>Publishes a message; returns when the server has confirmed it.</summary>
    /// <param name="headers">The entries of the table, without the length field before them.</param>
    /// <exception cref="InvalidOperationException">
    /// The server refuses the message; the exception has its reason.
    /// </exception>
    public async Task PublishAsync(string queue, string messageId, byte[] headers, byte[] body,
        CancellationToken cancellation)
    {
        await SendAsync(Method, 1, [.. Number(60), .. Number(40), .. Number(0), .. Short(""), .. Short(queue), 0],
            cancellation);
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteInt64BigEndian(length, body.Length);
        await SendAsync(
            Header, 1,
                [.. Number(60), .. Number(0), .. length, .. Number(HeadersFlag | MessageIdFlag), .. Long(headers),
                    .. Short(messageId)], cancellation);
        await SendAsync(Body, 1, body, cancellation);
        await ReceiveAsync(60, 80, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        await stream.WriteAsync("AMQP\0\0\x09\x01"u8.ToArray(), cancellation);
        await ReceiveAsync(10, 10, cancellation);
        await SendAsync(
            Method, 0,
                [.. Number(10), .. Number(11), .. Long([]), .. Short("PLAIN"), .. Long("\0guest\0guest"u8.ToArray()),
                    .. Short("en_US")], cancellation);
        var tune = await ReceiveAsync(10, 30, cancellation);

        // Accepts the server's limits, but without heartbeats.
        await SendAsync(Method, 0, [.. Number(10), .. Number(31), .. tune.AsSpan(4, 6).ToArray(), .. Number(0)],
            cancellation);
        await SendAsync(Method, 0, [.. Number(10), .. Number(40), .. Short("/"), .. Short(""), 0], cancellation);
        await ReceiveAsync(10, 41, cancellation);
        await SendAsync(Method, 1, [.. Number(20), .. Number(10), .. Short("")], cancellation);
        await ReceiveAsync(20, 11, cancellation);
        await SendAsync(Method, 1, [.. Number(85), .. Number(10), 0], cancellation);
        await ReceiveAsync(85, 11, cancellation);
    }

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Short(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Long(byte[] bytes) =>
        [.. Number(bytes.Length >> 16), .. Number(bytes.Length & 0xFFFF), .. bytes];

    private ValueTask SendAsync(byte type, int channel, byte[] payload, CancellationToken cancellation) =>
        stream.WriteAsync((byte[])[type, .. Number(channel), .. Long(payload), 0xCE], cancellation);

    private async Task<byte[]> ReceiveAsync(int classId, int methodId, CancellationToken cancellation)
    {
        var head = new byte[7];
        await stream.ReadExactlyAsync(head, cancellation);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(3)) + 1];
        await stream.ReadExactlyAsync(frame, cancellation);
        if (BinaryPrimitives.ReadInt16BigEndian(frame) == classId
            && BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(2)) == methodId)
            return frame[..^1];
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
                $"The server sends something else than {classId}.{methodId}: {Encoding.Latin1.GetString(frame)}"));
    }
}
