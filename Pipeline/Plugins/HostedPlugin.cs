using System.Globalization;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>A plugin with the host's counters and limits of it, for the life of the process.</summary>
internal sealed class HostedPlugin : IDisposable
{
    private readonly PluginHostOptions options;
    private readonly Action<string> log;
    private readonly Action deactivated;
    private string? unavailable;

    /// <param name="deactivated">Called once, when the plugin is deactivated; by any thread.</param>
    public HostedPlugin(
        PluginSource source, PluginFacts facts, PluginHostOptions options, TimeProvider time, Action<string> log,
        Action deactivated)
    {
        this.options = options;
        this.log = log;
        this.deactivated = deactivated;
        Source = source;
        Facts = facts;
        TimeLimit = source.TimeLimit ?? options.TimeLimit;
        Counters = new PluginCounters(time);
        Watch = new RunWatch(time, TimeLimit, options.Grace);
        Turns = source.MaxRunsCount is { } max ? new SemaphoreSlim(max) : null;
    }

    public PluginSource Source { get; }

    public IPlugin Plugin => Source.Plugin;

    public PluginFacts Facts { get; }

    public TimeSpan TimeLimit { get; }

    public PluginCounters Counters { get; }

    public RunWatch Watch { get; }

    /// <summary>Bounds the runs at once; null without a bound.</summary>
    public SemaphoreSlim? Turns { get; }

    /// <summary>
    /// Why the plugin's part of messages fails without being tried: a code, a colon and a sentence; null while the
    /// plugin runs.
    /// </summary>
    public string? Unavailable => Volatile.Read(ref unavailable);

    public bool IsDeactivated { get; private set; }

    public void Say(string what) => log($"plugin {Facts.Name}: {what}");

    public void FailStart(string reason)
    {
        Volatile.Write(ref unavailable, reason);
        Say(reason);
    }

    /// <summary>A run was given up with its thread.</summary>
    public void GiveUp()
    {
        var held = Counters.GiveUp();
        Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"did not end {options.Grace.TotalSeconds} s after it was cancelled; it holds {held} threads"));
        if (held < options.MaxHeldThreadsCount)
            return;

        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"plugin_deactivated: The plugin did not give back {held} threads; allowed: fewer than "
            + $"{options.MaxHeldThreadsCount}. It runs again after a restart.");
        if (Interlocked.CompareExchange(ref unavailable, reason, null) is not null)
            return;
        IsDeactivated = true;
        Say(reason);
        deactivated();
    }

    /// <summary>A thread that was given up came back.</summary>
    public void TakeBack() => Counters.TakeBack();

    // The semaphore stays: runs that are still out may release it.
    public void Dispose() => Watch.Dispose();
}
