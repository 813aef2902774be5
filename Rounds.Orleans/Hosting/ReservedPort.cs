using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// Reserves a port of an address of this machine until it is disposed. Orleans must know its port before it listens. A
/// port that was only found free could belong to another process by then, and Orleans shares its port with other
/// processes of the same user, so that nobody would notice.
/// </summary>
/// <remarks>
/// The port is bound, but nothing listens on this socket. Sockets that allow it, as those of Orleans and of this class
/// do, may listen on a port that is bound in this way. The system never hands out a bound port as a free one.
/// </remarks>
internal sealed class ReservedPort : IDisposable
{
    private readonly Socket held;

    /// <param name="port">0 for any free port.</param>
    /// <exception cref="IOException">
    /// The port is in use, or the address is none of this machine; the message says which.
    /// </exception>
    public ReservedPort(IPAddress address, int port = 0)
    {
        var wanted = new IPEndPoint(address, port);
        held = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (port != 0)
                Check(wanted);
            held.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            held.Bind(wanted);
        }
        catch (SocketException error)
        {
            held.Dispose();
            throw new IOException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The cluster's port {wanted} cannot be listened on: {error.Message}."),
                error);
        }

        EndPoint = (IPEndPoint)held.LocalEndPoint!;
    }

    /// <summary>Where to listen.</summary>
    public IPEndPoint EndPoint { get; }

    public void Dispose() => held.Dispose();

    // A socket that does not share its port with another finds a process that listens there.
    private static void Check(IPEndPoint wanted)
    {
        using var alone = new Socket(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        alone.Bind(wanted);
        alone.Listen();
    }
}
