using Tributary.Pipeline.Contributions;

namespace Tributary.Pipeline.Plugins;

public enum PluginState
{
    /// <summary>The plugin runs.</summary>
    Active,

    /// <summary>The plugin was found; the configuration does not name it.</summary>
    Inactive,

    /// <summary>The plugin kept too many threads: its part of messages fails until the process starts anew.</summary>
    Deactivated,

    /// <summary>The plugin could not be loaded or started.</summary>
    Failed,
}

/// <summary>One plugin as operators see it.</summary>
/// <param name="Origin"><c>built in</c>, or the folder that it comes from.</param>
/// <param name="Reason">Why the plugin is not active: a code, a colon and a sentence; null when it is active.</param>
/// <param name="Version">Null when the plugin could not be loaded.</param>
/// <param name="Generation">The id of the generation that its results belong to; null until it is registered.</param>
/// <param name="Aggregates">The names of its aggregates.</param>
/// <param name="Refusals">Refused contributions by aggregate and reason.</param>
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

/// <summary>What a plugin did since the process started.</summary>
/// <param name="Runs">Ended runs, including runs that were given up.</param>
/// <param name="Failures">Failed runs among them, including time-outs.</param>
/// <param name="Timeouts">Runs that failed because they took too long.</param>
/// <param name="TotalTime">The time of all runs together, without their waits for a place.</param>
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
