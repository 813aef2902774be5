using System.Net;
using System.Net.Sockets;

namespace Tributary.Connectors.Outbound;

/// <summary>
/// Keeps URLs from outside away from the inside of the network. It resolves a name once, checks the addresses, and
/// connects to a checked address; so a name that resolves differently the next time gains nothing.
/// </summary>
/// <param name="allowed">The targets that may be called although they lie inside.</param>
/// <param name="resolve">Resolves a host name; null for the system's resolver.</param>
public sealed class OutboundGuard(
    IReadOnlyList<AllowedTarget> allowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>
    /// A handler whose every connection passes the guard. It follows no redirect, and uses no proxy, because a proxy
    /// would resolve names by itself.
    /// </summary>
    public SocketsHttpHandler CreateHandler(TimeSpan connect) => new()
    {
        ConnectCallback = ConnectAsync,
        ConnectTimeout = connect,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <exception cref="ConnectorException">
    /// No address of the host may be called; the message lists the addresses.
    /// </exception>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellation);
        var open = addresses
            .Where(address =>
                AddressRules.IsOutside(address) || allowed.Any(target => target.Covers(host, port, address)))
            .ToList();
        if (open.Count == 0)
        {
            var found = addresses.Length == 0
                ? "no address"
                : string.Join(", ", addresses.Take(4).Select(address => address.ToString()));
            throw new ConnectorException(
                ConnectorFault.Refused,
                "address_not_allowed",
                $"{host}:{port} is at {found}; allowed: addresses outside the network, and what the configuration "
                + "lists under allow.");
        }

        Exception? last = null;
        foreach (var address in open)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception error)
            {
                socket.Dispose();
                if (error is not SocketException)
                    throw;
                last = error;
            }
        }

        throw new HttpRequestException(HttpRequestError.ConnectionError, $"{last!.Message} ({host}:{port})", last);
    }
}
