using System.Net;
using System.Net.Sockets;
using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Cluster;

namespace Tributary.Silo.Tests.Cluster;

public sealed class AdvertisedAddressTests
{
    private static readonly ClusterTlsConfig Tls = new("a", "b", "c");

    private static ClusterConfig Named => new() { Type = ClusterType.Postgres, Advertise = "silo-1" };

    [Theory]
    [InlineData("127.0.1.1", "127.0.1.1")]
    [InlineData("192.0.2.7", "127.0.1.1 192.0.2.7")]
    [InlineData("192.0.2.7", "fe80::1 2001:db8::1 192.0.2.7")]
    [InlineData("2001:db8::1", "127.0.1.1 fe80::1 ::1 2001:db8::1")]
    [InlineData("::1", "fe80::1 ::1")]
    public void Of_several_addresses_of_a_name_the_one_counts_that_others_reach(string expected, string found)
    {
        var address = AdvertisedAddress.Of(
            Named with { Tls = Tls }, name => name == "silo-1" ? [.. found.Split(' ').Select(IPAddress.Parse)] : []);

        Assert.Equal(IPAddress.Parse(expected), address);
    }

    [Fact]
    public void An_address_that_other_machines_reach_needs_TLS()
    {
        IPAddress[] found = [IPAddress.Parse("192.0.2.7")];

        var error = Assert.Throws<ConfigException>(() => AdvertisedAddress.Of(Named, _ => found));

        Assert.Equal(
            "the configuration: cluster.advertise: found \"silo-1\" with the address 192.0.2.7, which other machines "
                + "reach, without TLS; allowed: a loopback address such as 127.0.0.1; or cluster.tls with certificates "
                + "of the cluster's own authority.",
            Assert.Single(error.Errors).ToString());
        Assert.Equal(found[0], AdvertisedAddress.Of(Named with { Tls = Tls }, _ => found));
    }

    [Fact]
    public void A_name_without_an_address_is_named()
    {
        var none = Assert.Throws<IOException>(() => AdvertisedAddress.Of(Named, static _ => []));
        var failed = Assert.Throws<IOException>(() =>
            AdvertisedAddress.Of(Named, static _ => throw new SocketException((int)SocketError.HostNotFound)));

        Assert.All([none, failed], static error => Assert.StartsWith(
            "cluster.advertise: found the name \"silo-1\", which has no address", error.Message,
            StringComparison.Ordinal));
    }
}
