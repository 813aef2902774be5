using System.Buffers;
using System.Net.WebSockets;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// Reads whole text messages. A frame may end inside a character, so bytes are decoded
/// only when the message is complete.
/// </summary>
internal sealed class SocketReader(WebSocket socket, int maxBytes)
{
    private const int InitialBytes = 4 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(InitialBytes);
    private Task<ValueWebSocketReceiveResult> receiving = Task.FromResult(default(ValueWebSocketReceiveResult));

    /// <summary>The bytes of the next message, valid until the next call; null when the client closed.</summary>
    /// <exception cref="CloseException">The message is too long or not text.</exception>
    public async Task<ReadOnlySequence<byte>?> Read(CancellationToken cancellation)
    {
        buffer.ResetWrittenCount();
        while (true)
        {
            receiving = socket.ReceiveAsync(buffer.GetMemory(InitialBytes), cancellation).AsTask();
            var read = await receiving;
            if (read.MessageType == WebSocketMessageType.Close)
                return null;
            if (read.MessageType != WebSocketMessageType.Text)
                throw new CloseException(CloseCode.InvalidMessage, "Messages are text");
            buffer.Advance(read.Count);
            if (buffer.WrittenCount > maxBytes)
                throw new CloseException(CloseCode.MessageTooBig, $"A message has at most {maxBytes} bytes");
            if (read.EndOfMessage)
                return new ReadOnlySequence<byte>(buffer.WrittenMemory);
        }
    }

    /// <summary>
    /// Reads and drops messages until the client has closed. It takes over a pending
    /// receive, because a socket allows only one.
    /// </summary>
    public async Task Drain(CancellationToken cancellation)
    {
        if (!receiving.IsCompleted) await receiving.WaitAsync(cancellation);
        var dropped = new byte[InitialBytes];
        while (socket.State is WebSocketState.CloseSent or WebSocketState.Open)
            await socket.ReceiveAsync(dropped.AsMemory(), cancellation);
    }
}
