using System.Net;
using System.Net.Sockets;

namespace Tributary.TestingHost;

/// <summary>Free ports for the servers of tests.</summary>
public static class FreePort
{
    // Below the ports that Linux gives to outgoing connections, which may hold a port for a long time.
    private const int First = 15_000;
    private const int Count = 17_000;

    // Test programs that run side by side begin at different ports.
    private static int next = (int)(Environment.ProcessId * 1_009L % Count);

    /// <summary>
    /// A port that is free now and that this process has not handed out lately. Another process may take it a moment
    /// later, so a test that starts a server retries when the server does not come up.
    /// </summary>
    public static int Next()
    {
        for (var tries = 0; ; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref next) % Count);
            try
            {
                // On all addresses, because some of the servers listen on all of them.
                using var listener = new TcpListener(IPAddress.Any, port);
                listener.Start();
                return port;
            }
            catch (SocketException error)
                when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && tries < Count)
            {
                // The port is taken: try the next one.
            }
        }
    }
}
