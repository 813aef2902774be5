using System.Net;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Outbound;

/// <summary>
/// An exception to the rule against calls inside the network: a network, or a host with or without a port.
/// </summary>
public sealed record AllowedTarget
{
    private const int MaxTargetsCount = 64;
    private const string Allowed = "a host, HOST:PORT, an IP address or a network such as 10.1.0.0/16";

    private AllowedTarget(IPNetwork? network, string? host, int? port) => (Network, Host, Port) = (network, host, port);

    public IPNetwork? Network { get; }

    public string? Host { get; }

    public int? Port { get; }

    /// <summary>The host and port of a URL that the operator has configured.</summary>
    public static AllowedTarget Of(Uri url) => new(null, url.IdnHost, url.Port);

    public static AllowedTarget? Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return new AllowedTarget(network, null, null);
        if (IPAddress.TryParse(text, out var address))
            return new AllowedTarget(new IPNetwork(address, address.GetAddressBytes().Length * 8), null, null);
        return
            text.Contains('/')
            || text.Contains('@')
            || !Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var url)
            || url.Host.Length == 0
            ? null
            : new AllowedTarget(null, url.IdnHost, HasPort(text) ? url.Port : null);
    }

    public static IReadOnlyList<AllowedTarget> Read(ConfigField field)
    {
        var targets = new List<AllowedTarget>();
        foreach (var item in field.List(MaxTargetsCount, Allowed))
        {
            if (item.Required(Allowed) is not { } text)
                continue;
            if (Parse(text) is { } target)
                targets.Add(target);
            else
                item.Fail(Allowed);
        }

        return targets;
    }

    public bool Covers(string host, int port, IPAddress address) =>
        Network is { } network
            ? network.Contains(address) || (address.IsIPv4MappedToIPv6 && network.Contains(address.MapToIPv4()))
            : string.Equals(Host, host, StringComparison.OrdinalIgnoreCase) && (Port is null || Port == port);

    private static bool HasPort(string text) => text.LastIndexOf(':') > text.LastIndexOf(']');
}
