using System.Net;
using System.Net.Sockets;

namespace Tributary.TestingHost;

/// <summary>Ports of the loopback address for servers of a test.</summary>
public static class FreePort
{
    /// <summary>A port that nobody listens on now. Somebody may a moment later, so whoever starts a server tries again when it does not come up.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
