namespace Tributary.TestingHost.Simulation;

/// <summary>Time that moves only on demand: to the next timer.</summary>
public sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> timers = new();
    private long order;
    private long elapsedTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed => new(elapsedTicks);

    public override DateTimeOffset GetUtcNow() => Beginning + Elapsed;

    public override long GetTimestamp() => elapsedTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan)
            throw new NotSupportedException("Virtual timers fire once.");
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// A clock that differs from this one by <paramref name="offset"/> and runs faster or slower by
    /// <paramref name="driftPpm"/> parts per million.
    /// </summary>
    public TimeProvider Skewed(TimeSpan offset, int driftPpm = 0) => new SkewedTime(this, offset, driftPpm);

    /// <summary>Moves to the next timer and fires it; false when no timer is set.</summary>
    public bool TryAdvance()
    {
        while (timers.TryDequeue(out var timer, out var at))
        {
            if (timer.Generation != at.Order)
                continue;
            elapsedTicks = Math.Max(elapsedTicks, at.Due);
            timer.Fire();
            return true;
        }

        return false;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>The number under which the timer is set, in order of setting; 0 when it is not set.</summary>
        public long Generation { get; private set; }

        public void Fire()
        {
            Generation = 0;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Generation = 0;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            Generation = ++time.order;
            time.timers.Enqueue(this, (time.elapsedTicks + dueTime.Ticks, Generation));
            return true;
        }

        public void Dispose() => Generation = 0;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }

    private sealed class SkewedTime(VirtualTime time, TimeSpan offset, int driftPpm) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() =>
            time.GetUtcNow() + offset + new TimeSpan(time.elapsedTicks * driftPpm / 1_000_000);
    }
}
