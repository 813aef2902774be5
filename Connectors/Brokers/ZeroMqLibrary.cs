using System.Reflection;
using System.Runtime.InteropServices;

namespace Tributary.Connectors.Brokers;

/// <summary>libzmq, found under its names on the supported systems.</summary>
internal static partial class ZeroMqLibrary
{
    public const int Pair = 0;
    public const int Sub = 2;
    public const int Pull = 7;

    public const int Interrupted = 4;
    public static readonly int Again = OperatingSystem.IsMacOS() ? 35 : 11;

    private const string Library = "libzmq";
    private static readonly string[] Names = ["libzmq.so.5", "libzmq.5.dylib", "libzmq.dylib", "libzmq.dll", "libzmq"];
    private static readonly Lazy<nint> Handle = new(() => FindIn(Names));

    static ZeroMqLibrary() => NativeLibrary.SetDllImportResolver(typeof(ZeroMqLibrary).Assembly, Resolve);

    /// <summary>Null when libzmq can be loaded, else the reason why not.</summary>
    public static string? Load() => Load(Names);

    internal static string? Load(string[] names) =>
        FindIn(names) == 0 ? $"no libzmq on this machine (looked for {string.Join(", ", names)})" : null;

    private static nint FindIn(string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(ZeroMqLibrary).Assembly, searchPath: null, out var handle))
                return handle;
        }

        return 0;
    }

    // 0 leaves every other library of this assembly to the runtime.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? Handle.Value : 0;

    [LibraryImport(Library, EntryPoint = "zmq_ctx_new")]
    public static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "zmq_ctx_term")]
    public static partial int EndContext(nint context);

    [LibraryImport(Library, EntryPoint = "zmq_socket", SetLastError = true)]
    public static partial nint NewSocket(ZeroMqContext context, int type);

    [LibraryImport(Library, EntryPoint = "zmq_close")]
    public static partial int CloseSocket(nint socket);

    [LibraryImport(Library, EntryPoint = "zmq_setsockopt", SetLastError = true)]
    public static partial int SetOption(ZeroMqSocketHandle socket, int option, ReadOnlySpan<byte> value, nint length);

    [LibraryImport(Library, EntryPoint = "zmq_bind", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Bind(ZeroMqSocketHandle socket, string endpoint);

    [LibraryImport(
        Library, EntryPoint = "zmq_connect", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Connect(ZeroMqSocketHandle socket, string endpoint);

    [LibraryImport(
        Library, EntryPoint = "zmq_socket_monitor", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Monitor(ZeroMqSocketHandle socket, string endpoint, int events);

    [LibraryImport(Library, EntryPoint = "zmq_msg_init")]
    public static partial int NewMessage(ref ZeroMqMessage message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_close")]
    public static partial int CloseMessage(ref ZeroMqMessage message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_recv", SetLastError = true)]
    public static partial int Receive(ref ZeroMqMessage message, ZeroMqSocketHandle socket, int flags);

    [LibraryImport(Library, EntryPoint = "zmq_msg_data")]
    public static partial nint DataOf(ref ZeroMqMessage message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_size")]
    public static partial nuint SizeOf(ref ZeroMqMessage message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_more")]
    public static partial int HasMore(ref ZeroMqMessage message);

    [LibraryImport(Library, EntryPoint = "zmq_strerror")]
    public static partial nint TextOf(int error);

    /// <summary>The error of this thread's last call.</summary>
    public static int LastError() => OperatingSystem.IsWindows() ? ErrorNumber() : Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "zmq_errno")]
    private static partial int ErrorNumber();
}

/// <summary>A message of libzmq: 64 bytes that only libzmq understands.</summary>
[System.Runtime.CompilerServices.InlineArray(8)]
internal struct ZeroMqMessage
{
    private long first;
}
