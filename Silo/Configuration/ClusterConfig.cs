using Tributary.Rounds.Orleans.Hosting;

namespace Tributary.Silo.Configuration;

/// <summary>Where the silos of a cluster find each other.</summary>
public enum ClusterType
{
    /// <summary>Nowhere: the process is alone.</summary>
    Local,

    /// <summary>In the database of the messages.</summary>
    Postgres,

    /// <summary>In Redis.</summary>
    Redis,

    /// <summary>In a table of Azure Storage.</summary>
    AzureTable,
}

/// <summary>The cluster that a silo belongs to. <c>docs/cluster.md</c> explains each key.</summary>
public sealed record ClusterConfig
{
    public ClusterType Type { get; init; }

    /// <summary>True for a silo that is alone.</summary>
    public bool IsLocal => Type == ClusterType.Local;

    /// <summary>The id of the cluster; the database keeps it.</summary>
    public string Id { get; init; } = LocalCluster.Name;

    /// <summary>The id of the service: the same in clusters that follow each other.</summary>
    public string Service { get; init; } = LocalCluster.Name;

    /// <summary>The address of this machine that the other silos reach: an IP address or a name.</summary>
    public string Advertise { get; init; } = "127.0.0.1";

    /// <summary>The port for silos; 0 for a free one.</summary>
    public int SiloPort { get; init; } = 11_111;

    /// <summary>The port for clients; 0 for a free one.</summary>
    public int GatewayPort { get; init; } = 30_000;

    /// <summary>
    /// How to reach Redis or Azure Storage; null with other types. Holds a password or key: never logged.
    /// </summary>
    public string? Connection { get; init; }

    /// <summary>Null when the ports are reached from this machine only.</summary>
    public ClusterTlsConfig? Tls { get; init; }
}

/// <summary>Files in PEM format; full paths.</summary>
/// <param name="Certificate">The certificate of this silo.</param>
/// <param name="Key">Its private key.</param>
/// <param name="Authority">The certificates of the authority that signs those of all silos and clients.</param>
public sealed record ClusterTlsConfig(string Certificate, string Key, string Authority);
