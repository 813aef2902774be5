using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tributary.Bench.Http;

/// <summary>
/// One HTTP/1.1 connection that sends prepared bytes and reads one answer at a time. It costs little and allocates
/// nothing per request, so the figures are those of the server.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private const int InitialBufferBytes = 64 * 1024;

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[InitialBufferBytes];

    public static async Task<RawConnection> ConnectAsync(int port)
    {
        var connection = new RawConnection();
        await connection.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return connection;
    }

    public static async Task<RawConnection[]> ConnectAsync(int port, int count)
    {
        var connections = new RawConnection[count];
        for (var i = 0; i < count; i++)
            connections[i] = await ConnectAsync(port);
        return connections;
    }

    /// <summary>Sends a request and reads its whole answer; returns the length of the answer in bytes.</summary>
    /// <exception cref="InvalidOperationException">The answer has another status.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, int status)
    {
        await SendOnlyAsync(request);
        var filled = 0;
        do
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var count = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None);
            if (count == 0)
                throw new InvalidOperationException("The server closed the connection.");
            filled += count;
        }
        while (!IsWhole(buffer.AsSpan(0, filled)));
        Check(buffer.AsSpan(0, filled), status);
        return filled;
    }

    /// <summary>Sends bytes without waiting for an answer.</summary>
    public ValueTask<int> SendOnlyAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    /// <summary>Receives the available bytes; returns 0 when the server has closed.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> into) => socket.ReceiveAsync(into, SocketFlags.None);

    public void Dispose() => socket.Dispose();

    public static void Check(ReadOnlySpan<byte> answer, int status)
    {
        if (!Utf8Parser.TryParse(answer["HTTP/1.1 ".Length..], out int found, out _) || found != status)
            throw new InvalidOperationException(
                $"Found the answer '{System.Text.Encoding.UTF8.GetString(answer[..Math.Min(answer.Length, 1_000)])}'; "
                + $"expected: {status}.");
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var headEnd = answer.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return false;
        var at = answer[..headEnd].IndexOf("Content-Length: "u8);
        // Without a length the answer is chunked; the samples contain no line breaks
        // that could look like the last chunk.
        if (at < 0)
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        return Utf8Parser.TryParse(answer[(at + "Content-Length: ".Length)..], out int length, out _)
            && answer.Length >= headEnd + 4 + length;
    }
}
