using Tributary.Grains.Tests.Grains;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>Time that moves when a test says so, and fires the timers that are due then.</summary>
internal sealed class PluginTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private TimeSpan now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers were set since the start.</summary>
    public int SetCount { get; private set; }

    /// <summary>How long the last of the timers that are set has to wait; null when none is set.</summary>
    public TimeSpan? Longest
    {
        get
        {
            lock (gate)
                return timers.Count == 0 ? null : timers.Max(timer => timer.DueAt) - now;
        }
    }

    public override DateTimeOffset GetUtcNow() => FakeTurn.Start + Now;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (gate)
        {
            now += by;
            due = [.. timers.Where(timer => timer.DueAt <= now)];
            timers.RemoveAll(due.Contains);
        }

        foreach (var timer in due)
            timer.Fire();
    }

    private TimeSpan Now
    {
        get
        {
            lock (gate)
                return now;
        }
    }

    private sealed class Timer(PluginTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan DueAt { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                time.SetCount++;
                DueAt = time.now + dueTime;
                time.timers.Add(this);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
