using Tributary.Connectors.Brokers;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Tests.Brokers;

public sealed class ZeroMqConfigTests
{
    private static readonly ZeroMqBrokerFactory Factory = new();

    [Theory]
    [InlineData(
        "{type: zeromq, port: 0}",
        "sqapi.yml:1: broker.port: found \"0\"; allowed: a whole number of the port from 1 to 65535.")]
    [InlineData(
        "{type: zeromq, socket_type: 3}", "sqapi.yml:1: broker.socket_type: found \"3\"; allowed: PULL, SUB, 7, 2.")]
    [InlineData(
        "{type: zeromq, connection_type: listen}",
        "sqapi.yml:1: broker.connection_type: found \"listen\"; allowed: bind, connect.")]
    [InlineData("{type: zeromq, protocol: udp}", "sqapi.yml:1: broker.protocol: found \"udp\"; allowed: tcp.")]
    [InlineData(
        "{type: zeromq, host: '*'}",
        "sqapi.yml:1: broker.host: found \"*\"; allowed: the name of a host to connect to; * only with "
        + "connection_type: bind.")]
    [InlineData(
        "{type: zeromq, topics: [a]}",
        "sqapi.yml:1: broker.topics: found topics for a PULL socket; allowed: topics for a SUB socket (socket_type: "
        + "2).")]
    [InlineData(
        "{type: zeromq, high_water_mark: 0}",
        "sqapi.yml:1: broker.high_water_mark: found \"0\"; allowed: a whole number of messages from 1 to 1000000.")]
    [InlineData(
        "{type: zeromq, ports: 1}",
        "sqapi.yml:1: broker.ports: found an unknown key; allowed: type, name, message, message_fields, host, port, "
        + "protocol, connection_type, socket_type, topics, high_water_mark, linger, prefetch, process_delay, "
        + "retry_interval.")]
    public void An_error_is_named_with_file_key_what_was_found_and_what_is_allowed(string yaml, string expected) =>
        Assert.Equal(expected, Assert.Single(BrokerConfig.ErrorsOf(Factory, yaml)));

    [Fact]
    public void What_is_not_configured_is_as_in_sqAPI()
    {
        var errors = new List<ConfigError>();
        var options = ZeroMqBrokerFactory.Read(BrokerConfig.Read("{type: zeromq}", errors))!;

        Assert.Empty(errors);
        Assert.Equal(("tcp://127.0.0.1:5001", false, false), (options.Endpoint, options.IsBound, options.IsSubscriber));
    }

    [Fact]
    public void An_IPv6_address_is_put_in_brackets() =>
        Assert.Equal(
            "tcp://[::1]:5001",
            ZeroMqBrokerFactory.Read(BrokerConfig.Read("{type: zeromq, host: '::1'}", []))!.Endpoint);

    [Fact]
    public void A_missing_library_is_named_with_what_was_looked_for() =>
        Assert.Equal(
            "no libzmq on this machine (looked for libzmq.so.1, libnothing)",
            ZeroMqLibrary.Load(["libzmq.so.1", "libnothing"]));
}
