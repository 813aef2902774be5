namespace Tributary.Rounds.Tests.Feed;

/// <summary>Time that stands still: timers fire when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state, dueTime);
        lock (gate)
            timers.Add(timer);
        return timer;
    }

    /// <summary>Fires the timers set for <paramref name="dueTime"/>, once there is one.</summary>
    public async Task FireAsync(TimeSpan dueTime, CancellationToken cancellation)
    {
        ManualTimer? timer = null;
        await Waiting.UntilAsync(() =>
        {
            cancellation.ThrowIfCancellationRequested();
            lock (gate)
                timer = timers.Find(one => one.DueTime == dueTime);
            return timer is not null;
        });
        timer!.Fire();
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state, TimeSpan dueTime) : ITimer
    {
        public TimeSpan DueTime { get; private set; } = dueTime;

        public void Fire()
        {
            Dispose();
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            return true;
        }

        public void Dispose()
        {
            lock (time.gate)
                time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
