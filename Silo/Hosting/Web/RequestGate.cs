namespace Tributary.Silo.Hosting.Web;

/// <summary>Counts the requests that are being answered, and admits no further request when the server stops.</summary>
internal sealed class RequestGate
{
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isClosed;
    private int count;

    /// <summary>False when the gate is closed. An admitted request must <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        // Counted first: code that closes the gate and sees a count of zero knows that no further request slips in.
        Interlocked.Increment(ref count);
        if (!isClosed)
            return true;
        Leave();
        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref count) == 0 && isClosed)
            empty.TrySetResult();
    }

    /// <summary>Admits no further request.</summary>
    public void Close()
    {
        isClosed = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref count) == 0)
            empty.TrySetResult();
    }

    /// <summary>Completes when every admitted request has left, or after <paramref name="limit"/>.</summary>
    public async Task WaitUntilEmptyAsync(TimeSpan limit, TimeProvider time)
    {
        try
        {
            await empty.Task.WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            // Their connections are closed next.
        }
    }
}
