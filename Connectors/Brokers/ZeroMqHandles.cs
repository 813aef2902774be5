using System.Runtime.InteropServices;

namespace Tributary.Connectors.Brokers;

/// <summary>A context of libzmq: its threads and its sockets.</summary>
internal sealed class ZeroMqContext : SafeHandle
{
    public ZeroMqContext()
        : base(0, ownsHandle: true) => SetHandle(ZeroMqLibrary.NewContext());

    public override bool IsInvalid => handle == 0;

    // libzmq waits here for the sockets to close; each socket's handle keeps the context until then.
    protected override bool ReleaseHandle() => ZeroMqLibrary.EndContext(handle) == 0;
}

/// <summary>A socket of libzmq. Keeps its context until it is closed.</summary>
internal sealed class ZeroMqSocketHandle : SafeHandle
{
    private readonly ZeroMqContext context;

    public ZeroMqSocketHandle(ZeroMqContext context, int type)
        : base(0, ownsHandle: true)
    {
        this.context = context;
        var isKept = false;
        context.DangerousAddRef(ref isKept);
        SetHandle(ZeroMqLibrary.NewSocket(context, type));
        if (!IsInvalid)
            return;
        context.DangerousRelease();
        throw new ZeroMqException("zmq_socket", ZeroMqLibrary.LastError());
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        var isClosed = ZeroMqLibrary.CloseSocket(handle) == 0;
        context.DangerousRelease();
        return isClosed;
    }
}

/// <summary>A call of libzmq failed.</summary>
internal sealed class ZeroMqException(string call, int error)
    : Exception($"{call}: {Marshal.PtrToStringUTF8(ZeroMqLibrary.TextOf(error))}");
