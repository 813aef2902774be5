using System.Buffers;
using System.Net.WebSockets;

namespace Tributary.GraphQL.Transports;

/// <summary>Reads whole text messages. A character may be cut by the end of a frame, so bytes are decoded only when the message is complete.</summary>
internal sealed class SocketReader(WebSocket socket, int maxBytes)
{
    private const int InitialBytes = 4 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(InitialBytes);

    /// <summary>The bytes of the next message, valid until the next call; null when the client closed.</summary>
    /// <exception cref="CloseException">The message is too long, or not text.</exception>
    public async Task<ReadOnlySequence<byte>?> Read(CancellationToken cancellation)
    {
        buffer.ResetWrittenCount();
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.GetMemory(InitialBytes), cancellation);
            if (read.MessageType == WebSocketMessageType.Close) return null;
            if (read.MessageType != WebSocketMessageType.Text) throw new CloseException(CloseCode.InvalidMessage, "Messages are text");
            buffer.Advance(read.Count);
            if (buffer.WrittenCount > maxBytes) throw new CloseException(CloseCode.MessageTooBig, $"A message has at most {maxBytes} bytes");
            if (read.EndOfMessage) return new ReadOnlySequence<byte>(buffer.WrittenMemory);
        }
    }
}
