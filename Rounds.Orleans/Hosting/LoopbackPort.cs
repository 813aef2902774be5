using System.Net;
using System.Net.Sockets;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// A free port of the loopback address that stays this process's own until it is disposed. Orleans must know its port
/// before it listens, so a port that is merely found free could be another process's by then; and Orleans shares its
/// port with whoever else of the same user shares it, so that nobody would notice.
/// </summary>
/// <remarks>
/// The port is bound and not listened on. Sockets that allow it, as those of Orleans and of this class do, may listen
/// on a port that is bound in this way. A system that chooses a port for somebody never chooses one that is bound.
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
