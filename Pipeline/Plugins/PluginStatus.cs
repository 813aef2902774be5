using Tributary.Pipeline.Contributions;

namespace Tributary.Pipeline.Plugins;

public enum PluginState
{
    /// <summary>It runs.</summary>
    Active,

    /// <summary>Found, but not among those that the configuration names.</summary>
    Inactive,

    /// <summary>It kept too many threads: its part of messages fails until the process starts anew.</summary>
    Deactivated,

    /// <summary>It could not be loaded or started.</summary>
    Failed,
}

/// <summary>One plugin as operators see it.</summary>
/// <param name="Origin"><c>built in</c>, or the folder that it comes from.</param>
/// <param name="Reason">Why it is not active: a code, a colon and a sentence; null when it is.</param>
/// <param name="Version">Null when it could not be loaded.</param>
/// <param name="Generation">The id of the generation that its results belong to; null until it is registered.</param>
/// <param name="Aggregates">The names of its aggregates.</param>
/// <param name="Refusals">Contributions that were left out, by aggregate and reason.</param>
public sealed record PluginStatus(
    string Name,
    PluginState State,
    string Origin,
    string? Reason,
    string? Version,
    int? Generation,
    IReadOnlyList<string> MediaTypes,
    IReadOnlyList<string> Aggregates,
    IReadOnlyList<RefusalCount> Refusals,
    PluginCounts Counts);

/// <summary>Since the process started.</summary>
/// <param name="Runs">Ended ones, also those that were given up.</param>
/// <param name="Failures">Of these, how many failed, time-outs among them.</param>
/// <param name="Timeouts">Runs that failed because they took too long.</param>
/// <param name="TotalTime">Of all runs together, without waiting for their turn.</param>
/// <param name="RecentP50">The median of the last 512 runs; null before the first.</param>
/// <param name="HeldThreads">Threads that were given up and have not come back.</param>
public sealed record PluginCounts(
    long Runs,
    long Failures,
    long Timeouts,
    TimeSpan TotalTime,
    TimeSpan? RecentP50,
    TimeSpan? RecentP99,
    int HeldThreads);
