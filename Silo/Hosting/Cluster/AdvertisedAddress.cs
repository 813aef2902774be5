using System.Net;
using System.Net.Sockets;
using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>The address of this silo in its cluster.</summary>
internal static class AdvertisedAddress
{
    private const string Key = "cluster.advertise";

    /// <summary>Looks a name up. IPv4 comes first, because all silos of a cluster must reach the address.</summary>
    /// <exception cref="ConfigException">The name has an address that only TLS may serve, and there is none.</exception>
    /// <exception cref="IOException">The name has no address.</exception>
    public static IPAddress Of(ClusterConfig cluster)
    {
        if (IPAddress.TryParse(cluster.Advertise, out var literal))
            return literal;
        var address = Resolve(cluster.Advertise);
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

    private static IPAddress Resolve(string name)
    {
        try
        {
            var found = Dns.GetHostAddresses(name);
            return Array.Find(found, static one => one.AddressFamily == AddressFamily.InterNetwork)
                ?? found.FirstOrDefault()
                ?? throw new IOException(NoAddress(name, "the lookup found none"));
        }
        catch (SocketException error)
        {
            throw new IOException(NoAddress(name, error.Message), error);
        }
    }

    private static string NoAddress(string name, string reason) =>
        $"{Key}: found the name \"{name}\", which has no address ({reason}); allowed: a name that this machine can look "
        + "up, or an IP address.";
}
