namespace Tributary.Feed;

/// <summary>
/// Wakes one waiting loop. Signals that come while the loop is awake are one signal, so that it looks once more and no
/// signal is lost.
/// </summary>
public sealed class Wakeup
{
    private readonly SemaphoreSlim signals = new(0, 1);

    /// <summary>From any thread; returns at once.</summary>
    public void Wake()
    {
        if (signals.CurrentCount > 0)
            return;
        try
        {
            signals.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another signal came first, and the loop has not looked yet: one look serves both.
        }
    }

    /// <summary>Waits for a signal.</summary>
    public Task WaitAsync(CancellationToken cancellation) => signals.WaitAsync(cancellation);

    /// <summary>Waits for a signal, and no longer than <paramref name="limit"/>.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        try
        {
            await signals.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The time is over without a signal.
        }
    }
}
