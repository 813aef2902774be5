using System.Net;
using System.Net.Sockets;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting.Web;

/// <summary>Checks that the configured addresses can be listened on, before anything is opened or made.</summary>
internal static class FreeAddresses
{
    /// <exception cref="IOException">An address cannot be listened on; the message says why.</exception>
    public static void Check(IEnumerable<string> addresses)
    {
        // All sockets are held together, so that an address that is named twice is found as well.
        var held = new List<Socket>();
        try
        {
            foreach (var text in addresses)
            {
                var address = ListenAddress.Parse(text);
                // Port 0 takes any free port.
                if (address.Port != 0)
                    Bind(text, address, held);
            }
        }
        finally
        {
            held.ForEach(static socket => socket.Dispose());
        }
    }

    private static void Bind(string text, ListenAddress address, List<Socket> held)
    {
        IPAddress[] hosts = address.Host is { } host ? [host] : [IPAddress.Loopback, IPAddress.IPv6Loopback];
        foreach (var one in hosts)
        {
            try
            {
                // A machine may lack IPv6; the server then listens on IPv4 alone.
                if (one.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
                    continue;
                var socket = new Socket(one.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                held.Add(socket);
                if (one.Equals(IPAddress.IPv6Any))
                    socket.DualMode = true;
                socket.Bind(new IPEndPoint(one, address.Port));
                socket.Listen();
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new IOException($"Failed to bind to address {text}: address already in use.", error);
            }
            catch (SocketException error) when (address.Host is not null)
            {
                throw new IOException($"Failed to bind to address {text}: {error.Message}.", error);
            }
            catch (SocketException)
            {
                // One of the two addresses of localhost may be missing.
            }
        }
    }
}
