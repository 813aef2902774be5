namespace Tributary.Grains;

/// <summary>Whether a plugin runs.</summary>
public enum PluginState
{
    Active,

    /// <summary>It ran, and does no more.</summary>
    Deactivated,

    /// <summary>It could not be loaded or started.</summary>
    Failed,
}

/// <summary>A plugin and how it does, since the start of the process.</summary>
/// <param name="Reason">Why it does not run; null while it does.</param>
/// <param name="FailureCount">Runs that failed, time-outs included.</param>
/// <param name="AbandonedCount">Threads that it did not give back.</param>
/// <param name="MedianMs">Of its last runs; null before the first.</param>
/// <param name="P99Ms">Of its last runs; null before the first.</param>
public sealed record PluginStatus(
    string Name, string Version, PluginState State, string? Reason, IReadOnlyList<string> MediaTypes, long RunCount, long FailureCount, long TimeoutCount,
    int AbandonedCount, double? MedianMs, double? P99Ms);
