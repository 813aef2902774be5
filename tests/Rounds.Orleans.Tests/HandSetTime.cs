namespace Tributary.Rounds.Orleans.Tests;

/// <summary>A clock that a test moves by hand, and timers that it fires by hand.</summary>
internal sealed class HandSetTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<(TimerCallback Callback, object? State)> timers = [];
    private long ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that were made.</summary>
    public int WaitingCount
    {
        get
        {
            lock (gate)
                return timers.Count;
        }
    }

    public override long GetTimestamp() => ticks;

    public void Advance(TimeSpan by) => ticks += by.Ticks;

    /// <summary>Calls every timer, whatever the time is.</summary>
    public void FireAll()
    {
        lock (gate)
            timers.ForEach(static one => one.Callback(one.State));
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
            timers.Add((callback, state));
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
