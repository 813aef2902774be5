using System.Net;
using System.Net.Sockets;

namespace Tributary.Connectors.Outbound;

/// <summary>
/// Tells which addresses lie outside: those that the IANA special-purpose address registries call globally reachable.
/// </summary>
internal static class AddressRules
{
    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "168.63.129.16/32", // public by its number, but it answers metadata inside Azure
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool IsOutside(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return IsOutside(address.MapToIPv4());

        // Behind a translator (RFC 6052) an IPv6 address stands for the IPv4 address in its last four bytes.
        if (Translated.Contains(address))
            return IsOutside(new IPAddress(address.GetAddressBytes()[^4..]));

        return (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address))
            && !Inside.Any(network => network.Contains(address));
    }
}
