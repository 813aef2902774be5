namespace Tributary.Pipeline.Plugins;

/// <summary>Counts the runs of one plugin since the process started.</summary>
internal sealed class PluginCounters(TimeProvider time)
{
    /// <summary>How many of the last runs the quantiles are taken of.</summary>
    private const int RecentCount = 512;

    private readonly Lock gate = new();
    private readonly long[] recent = new long[RecentCount];
    private long runs;
    private long failures;
    private long timeouts;
    private long totalTicks;
    private int held;

    /// <summary>Threads that were given up and have not come back.</summary>
    public int Held => Volatile.Read(ref held);

    public int GiveUp() => Interlocked.Increment(ref held);

    public void TakeBack() => Interlocked.Decrement(ref held);

    /// <param name="began">A time stamp of the clock.</param>
    public void Count(long began, bool isFailure, bool isTimeout)
    {
        var ticks = time.GetElapsedTime(began).Ticks;
        lock (gate)
        {
            recent[runs % RecentCount] = ticks;
            runs++;
            totalTicks += ticks;
            if (isFailure)
                failures++;
            if (isTimeout)
                timeouts++;
        }
    }

    /// <summary>A run that failed after the plugin had ended well.</summary>
    public void CountLateFailure()
    {
        lock (gate)
            failures++;
    }

    public PluginCounts Read()
    {
        long[] sample;
        PluginCounts counts;
        lock (gate)
        {
            sample = recent[..(int)Math.Min(runs, RecentCount)];
            counts = new PluginCounts(runs, failures, timeouts, new TimeSpan(totalTicks), null, null, Held);
        }

        if (sample.Length == 0)
            return counts;
        Array.Sort(sample);
        return counts with { RecentP50 = At(sample, 0.5), RecentP99 = At(sample, 0.99) };
    }

    private static TimeSpan At(long[] sorted, double quantile) => new(sorted[(int)(quantile * (sorted.Length - 1))]);
}
