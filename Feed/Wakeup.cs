namespace Tributary.Feed;

/// <summary>
/// Wakes one waiting loop. Signals that come while the loop is awake are one signal, so that it looks once more and no
/// signal is lost.
/// </summary>
public sealed class Wakeup
{
    // Complete when there is a signal that the loop has not looked for.
    private TaskCompletionSource signal = New();

    /// <summary>From any thread; returns at once.</summary>
    public void Wake() => Volatile.Read(ref signal).TrySetResult();

    /// <summary>Waits for a signal.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var waited = Volatile.Read(ref signal);
        if (!waited.Task.IsCompleted)
        {
            // The cancellation is a signal too: when it comes late, the loop looks once more.
            using var cancelled = cancellation.UnsafeRegister(static one => ((Wakeup)one!).Wake(), this);
            await waited.Task;
        }

        cancellation.ThrowIfCancellationRequested();
        // Before the loop looks: a signal that comes from now on is for its next look.
        Interlocked.Exchange(ref signal, New());
    }

    /// <summary>Waits for a signal, and no longer than <paramref name="limit"/>.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        // The end of the time is a signal as well.
        using var over = limit == Timeout.InfiniteTimeSpan || Volatile.Read(ref signal).Task.IsCompleted ? null
            : time.CreateTimer(static one => ((Wakeup)one!).Wake(), this, limit, Timeout.InfiniteTimeSpan);
        await WaitAsync(cancellation);
    }

    // The code that wakes the loop must not run it.
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
