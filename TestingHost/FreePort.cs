using System.Net;
using System.Net.Sockets;

namespace Tributary.TestingHost;

/// <summary>Ports for servers of a test.</summary>
public static class FreePort
{
    // Below the ports that Linux gives to outgoing connections: one of those would hold a port for as long as it lives.
    private const int First = 15_000;
    private const int Count = 17_000;

    // Test programs that run side by side begin at different places.
    private static int next = (int)(Environment.ProcessId * 1_009L % Count);

    /// <summary>
    /// A port that nobody listens on now and that this process has not handed out lately. Somebody else may take it a
    /// moment later, so a test that starts a server tries again when the server does not come up.
    /// </summary>
    public static int Next()
    {
        for (var tries = 0; ; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref next) % Count);
            try
            {
                // On all addresses, as some of the servers listen.
                using var listener = new TcpListener(IPAddress.Any, port);
                listener.Start();
                return port;
            }
            catch (SocketException error)
                when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && tries < Count)
            {
                // Taken: the next one.
            }
        }
    }
}
