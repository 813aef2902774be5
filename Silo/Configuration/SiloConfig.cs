using Tributary.Api;
using Tributary.Feed;
using Tributary.Grains.Dedupe;
using Tributary.Pipeline.Definitions;
using Tributary.Rounds;

namespace Tributary.Silo.Configuration;

/// <summary>The roles of a process.</summary>
[Flags]
public enum Roles
{
    None = 0,

    /// <summary>Owns grains: takes messages, counts and processes them.</summary>
    Silo = 1,

    /// <summary>Serves the API and the page.</summary>
    Api = 2,
}

/// <summary>The whole configuration, checked. <c>docs/configuration.md</c> explains each key.</summary>
public sealed record SiloConfig
{
    /// <summary>Addresses to listen on: see <see cref="ListenAddress"/>.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["http://127.0.0.1:8888"];

    /// <summary>The folder of the embedded database.</summary>
    public string DataDirectory { get; init => field = Path.GetFullPath(value); } = Path.GetFullPath("data");

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public string DatabaseType { get; init; } = "sqlite";

    /// <summary>The connection string of PostgreSQL. Holds a password: never logged.</summary>
    public string? Connection { get; init; }

    /// <summary>The full path of an SQL script that is run once per text of it, or null.</summary>
    public string? InitScript { get; init; }

    public ClusterConfig Cluster { get; init; } = new();

    /// <summary>Client connections at once; further ones are closed.</summary>
    public int MaxConnectionsCount { get; init; } = 20_000;

    /// <summary>
    /// How long a process that is told to stop still serves, while <c>/health/ready</c> says no: until proxies have
    /// seen it.
    /// </summary>
    public TimeSpan StopDelay { get; init; }

    public ApiOptions Api { get; init; } = new();

    public FeedOptions Feed { get; init; } = new();

    /// <summary>
    /// JSON pointers to the values that an index holds, each once. Beside these, the process extracts those that other
    /// silos of its cluster name.
    /// </summary>
    public IReadOnlyList<string> IndexedPaths { get; init; } = [];

    public RoundOptions Silo { get; init; } = new();

    public DedupeOptions Dedupe { get; init; } = new();

    public IReadOnlyList<AggregateDefinition> Aggregates { get; init; } = [];

    /// <summary>The roles of this process.</summary>
    public Roles Roles { get; init; } = Roles.Silo | Roles.Api;

    public PipelineConfig Pipeline { get; init; } = new();

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>True for one JSON object per line of the log.</summary>
    public bool IsJsonLog { get; init; }
}
