using System.Net;
using System.Net.Sockets;
using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>The address of this silo in its cluster.</summary>
internal static class AdvertisedAddress
{
    private const string Key = "cluster.advertise";

    /// <summary>
    /// Looks a name up. Of several addresses the one counts that others are most likely to reach: IPv4 before IPv6,
    /// and both before loopback addresses, which some systems give their own name.
    /// </summary>
    /// <param name="lookup">Finds the addresses of a name; null for the system's own way.</param>
    /// <exception cref="ConfigException">
    /// The name has an address that only TLS may serve, and there is none.
    /// </exception>
    /// <exception cref="IOException">The name has no address.</exception>
    public static IPAddress Of(ClusterConfig cluster, Func<string, IPAddress[]>? lookup = null)
    {
        if (IPAddress.TryParse(cluster.Advertise, out var literal))
            return literal;
        var address = Resolve(cluster.Advertise, lookup ?? Dns.GetHostAddresses);
        // The configuration was checked before the address of the name was known.
        if (!IPAddress.IsLoopback(address) && cluster.Tls is null)
        {
            throw new ConfigException([
                new ConfigError(
                    "the configuration", Key,
                    $"\"{cluster.Advertise}\" with the address {address}, which other machines reach, without TLS",
                    ClusterReader.AddressesAllowed),
            ]);
        }

        return address;
    }

    private static IPAddress Resolve(string name, Func<string, IPAddress[]> lookup)
    {
        try
        {
            return lookup(name).OrderBy(Distance).FirstOrDefault()
                ?? throw new IOException(NoAddress(name, "the lookup found none"));
        }
        catch (SocketException error)
        {
            throw new IOException(NoAddress(name, error.Message), error);
        }
    }

    private static int Distance(IPAddress address) =>
        address.IsIPv6LinkLocal ? 4
        : (IPAddress.IsLoopback(address) ? 2 : 0) + (address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1);

    private static string NoAddress(string name, string reason) =>
        $"{Key}: found the name \"{name}\", which has no address ({reason}); allowed: a name that this machine can "
        + "look up, or an IP address.";
}
