using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Grains;
using Tributary.Runtime;
using Tributary.Runtime.Feed;

namespace Tributary.Silo.Configuration;

/// <summary>The whole configuration, checked. <c>docs/configuration.md</c> lists the keys.</summary>
public sealed record SiloConfig
{
    /// <summary>Addresses to listen on, such as <c>http://127.0.0.1:8888</c>.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["http://127.0.0.1:8888"];

    /// <summary>The folder of the embedded database.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>Where messages are stored: <c>sqlite</c> or <c>postgres</c>.</summary>
    public string DatabaseType { get; init; } = "sqlite";

    /// <summary>For PostgreSQL: how to connect.</summary>
    public string? Connection { get; init; }

    /// <summary>Client connections at once; further ones wait to be accepted.</summary>
    public long MaxConnectionsCount { get; init; } = 20_000;

    public ApiOptions Api { get; init; } = new();

    public FeedOptions Feed { get; init; } = new();

    public SiloOptions Silo { get; init; } = new();

    public DedupeOptions Dedupe { get; init; } = new();

    public IReadOnlyList<AggregateDefinition> Aggregates { get; init; } = [];

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Levels of single categories, by the beginnings of their names.</summary>
    public IReadOnlyDictionary<string, LogLevel> LogLevels { get; init; } = new Dictionary<string, LogLevel>();
}
