using System.Globalization;
using System.Net;

namespace Tributary.Silo.Configuration;

/// <summary>
/// An address to listen on. A null <paramref name="Host"/> is <c>localhost</c>: both loopback addresses.
/// </summary>
public sealed record ListenAddress(IPAddress? Host, int Port)
{
    public const string Allowed = "http://HOST:PORT, where HOST is localhost, an IP address or * for all addresses";

    /// <summary>True when only this machine reaches the address.</summary>
    public bool IsLoopback => Host is null || IPAddress.IsLoopback(Host);

    /// <exception cref="FormatException">The text is not an address to listen on.</exception>
    public static ListenAddress Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"Found \"{text}\"; allowed: {Allowed}.");

    public static ListenAddress? TryParse(string text)
    {
        const string Scheme = "http://";
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;

        var rest = text.AsSpan(Scheme.Length).TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        if (colon <= 0
            || !ushort.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;

        var host = rest[..colon];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return new ListenAddress(null, port);
        if (host is "*" or "+")
            return new ListenAddress(IPAddress.IPv6Any, port);
        if (host[0] == '[' && host[^1] == ']')
            host = host[1..^1];
        else if (host.Contains(':'))
            return null;
        return IPAddress.TryParse(host, out var address) ? new ListenAddress(address, port) : null;
    }

    public override string ToString() =>
        Host switch
        {
            null => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Port}"),
            { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } six => string.Create(
                CultureInfo.InvariantCulture, $"http://[{six}]:{Port}"),
            var four => string.Create(CultureInfo.InvariantCulture, $"http://{four}:{Port}"),
        };
}
