using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Tributary.Connectors.Brokers;

/// <summary>A receiving socket of libzmq. Created, used and closed by one thread.</summary>
internal sealed class ZeroMqSocket(ZeroMqContext context, int type) : IDisposable
{
    private const int DontWait = 1;
    private readonly ZeroMqSocketHandle handle = new(context, type);

    public void Set(ZeroMqOption option, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(bytes, value);
        Set(option, bytes);
    }

    public void Set(ZeroMqOption option, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        MemoryMarshal.Write(bytes, value);
        Set(option, bytes);
    }

    public void Subscribe(string topic) => Set(ZeroMqOption.Subscribe, Encoding.UTF8.GetBytes(topic));

    public void Bind(string endpoint) => Check("zmq_bind", ZeroMqLibrary.Bind(handle, endpoint));

    public void Connect(string endpoint) => Check("zmq_connect", ZeroMqLibrary.Connect(handle, endpoint));

    /// <summary>
    /// Publishes the connection events of this socket at <paramref name="endpoint"/>, for
    /// a PAIR socket that connects there.
    /// </summary>
    public void Monitor(string endpoint, ZeroMqEvents events) =>
        Check("zmq_socket_monitor", ZeroMqLibrary.Monitor(handle, endpoint, (int)events));

    /// <summary>The next frame; null when none comes within the socket's time limit.</summary>
    /// <param name="hasMore">True when further frames of the same message follow.</param>
    public byte[]? Receive(bool wait, out bool hasMore)
    {
        var message = default(ZeroMqMessage);
        _ = ZeroMqLibrary.NewMessage(ref message);
        try
        {
            hasMore = false;
            if (ZeroMqLibrary.Receive(ref message, handle, wait ? 0 : DontWait) < 0)
            {
                var error = ZeroMqLibrary.LastError();
                return error == ZeroMqLibrary.Again || error == ZeroMqLibrary.Interrupted
                    ? null
                    : throw new ZeroMqException("zmq_msg_recv", error);
            }

            var bytes = new byte[checked((int)ZeroMqLibrary.SizeOf(ref message))];
            if (bytes.Length > 0)
                Marshal.Copy(ZeroMqLibrary.DataOf(ref message), bytes, 0, bytes.Length);
            hasMore = ZeroMqLibrary.HasMore(ref message) != 0;
            return bytes;
        }
        finally
        {
            _ = ZeroMqLibrary.CloseMessage(ref message);
        }
    }

    /// <summary>On the PAIR socket of a monitor: the next event, or none.</summary>
    public ZeroMqEvents ReceiveEvent()
    {
        if (Receive(wait: false, out var hasMore) is not { } frame)
            return ZeroMqEvents.None;
        while (hasMore)
            Receive(wait: true, out hasMore);
        return (ZeroMqEvents)(
            BitConverter.IsLittleEndian
                ? BinaryPrimitives.ReadUInt16LittleEndian(frame)
                : BinaryPrimitives.ReadUInt16BigEndian(frame));
    }

    public void Dispose() => handle.Dispose();

    private static void Check(string call, int result)
    {
        if (result < 0)
            throw new ZeroMqException(call, ZeroMqLibrary.LastError());
    }

    private void Set(ZeroMqOption option, ReadOnlySpan<byte> value) =>
        Check($"zmq_setsockopt {option}", ZeroMqLibrary.SetOption(handle, (int)option, value, value.Length));
}

/// <summary>Options of a socket, numbered as in <c>zmq.h</c>.</summary>
internal enum ZeroMqOption
{
    None = 0,
    Subscribe = 6,
    LingerMs = 17,
    ReconnectMs = 18,
    MaxReconnectMs = 21,
    MaxMessageBytes = 22,
    ReceiveHighWaterMark = 24,
    ReceiveTimeoutMs = 27,
    TcpKeepAlive = 34,
    TcpKeepAliveIdleSeconds = 36,
    IpV6 = 42,
}

/// <summary>Events of a monitor, numbered as in <c>zmq.h</c>.</summary>
[Flags]
internal enum ZeroMqEvents
{
    None = 0,
    ConnectRetried = 0x0004,
    Disconnected = 0x0200,
    HandshakeSucceeded = 0x1000,
}
