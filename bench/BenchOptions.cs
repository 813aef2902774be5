namespace Tributary.Bench;

/// <param name="Store"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Postgres">A connection string, or null for a private server.</param>
/// <param name="Duration">How long the measured part of each run takes.</param>
public sealed record BenchOptions(string Store, string? Postgres, TimeSpan Duration);
