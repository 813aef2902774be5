using Microsoft.Extensions.Logging;
using Tributary.Api.Configured;
using Tributary.Grains;

namespace Tributary.Silo.Configuration;

/// <summary>The whole configuration, checked. What each key means: <c>docs/configuration.md</c>.</summary>
public sealed record Settings
{
    public required ApiSettings Api { get; init; }

    /// <summary>The folder of the embedded database.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The connection string of PostgreSQL, or null for SQLite. Holds a password: never logged.</summary>
    public required string? PostgresConnection { get; init; }

    public required IReadOnlyList<AggregateDefinition> Aggregates { get; init; }

    public required IReadOnlyList<EndpointDefinition> Endpoints { get; init; }

    public required LimitSettings Limits { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required bool IsJsonLog { get; init; }
}

/// <param name="Keys">Secrets: never logged.</param>
public sealed record ApiSettings(
    IReadOnlyList<ListenAddress> Addresses, IReadOnlyList<string> Keys, bool IsInsecure, IReadOnlyList<string> Hosts, IReadOnlyList<string> Origins);

/// <summary>Limits that the configuration may change; the others stand in the options classes.</summary>
public sealed record LimitSettings
{
    /// <summary>Bytes of one message's body.</summary>
    public required int BodyBytes { get; init; }

    /// <summary>Calls that wait for the engine; further ones are answered with 503.</summary>
    public required int WaitingCalls { get; init; }

    /// <summary>Bytes of bodies that wait for the engine; further ones are answered with 503.</summary>
    public required long WaitingBytes { get; init; }

    /// <summary>Grains kept in memory.</summary>
    public required int Activations { get; init; }

    /// <summary>Connections at once; further ones are closed.</summary>
    public required int Connections { get; init; }

    /// <summary>Subscribers of the live feed; further ones are refused.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Days in which a repeated external id is recognised.</summary>
    public required int DedupeDays { get; init; }
}
