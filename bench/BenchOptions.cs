namespace Tributary.Bench;

/// <param name="Store"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Postgres">A connection string, or null for a private server.</param>
/// <param name="Duration">The length of the measured part of each run.</param>
public sealed record BenchOptions(string Store, string? Postgres, TimeSpan Duration);
