using System.Net;
using System.Net.Sockets;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// Reserves a free port of the loopback address until it is disposed. Orleans must know its port before it listens. A
/// port that was only found free could belong to another process by then, and Orleans shares its port with other
/// processes of the same user, so that nobody would notice.
/// </summary>
/// <remarks>
/// The port is bound, but nothing listens on this socket. Sockets that allow it, as those of Orleans and of this class
/// do, may listen on a port that is bound in this way. The system never hands out a bound port as a free one.
/// </remarks>
internal sealed class LoopbackPort : IDisposable
{
    private readonly Socket held = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoopbackPort()
    {
        held.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)held.LocalEndPoint!;
    }

    /// <summary>Where to listen.</summary>
    public IPEndPoint EndPoint { get; }

    public void Dispose() => held.Dispose();
}
