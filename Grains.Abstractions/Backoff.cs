namespace Tributary;

/// <summary>Waits between attempts that fail: each longer than the one before, up to a cap.</summary>
/// <param name="First">The wait after the first failure.</param>
/// <param name="Cap">The longest wait.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Cap)
{
    /// <summary>By how much each wait is longer than the one before.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>How much of a wait is left to chance, from 0 to 1: it is shortened by up to this share.</summary>
    public double Jitter { get; init; }

    /// <summary>The wait after so many failures in a row.</summary>
    /// <param name="failures">From 1.</param>
    /// <param name="chance">From 0 to 1; without meaning when there is no jitter.</param>
    public TimeSpan After(int failures, double chance = 0)
    {
        if (First <= TimeSpan.Zero)
            return TimeSpan.Zero;
        // As a double: the power may be beyond what a time span holds, and is cut before it becomes one.
        var ticks = First.Ticks * Math.Pow(Factor, failures - 1);
        return TimeSpan.FromTicks((long)Math.Round(Math.Min(ticks, Cap.Ticks) * (1 - (Jitter * chance))));
    }
}
