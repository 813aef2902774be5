namespace Tributary.Silo.Hosting.Web;

/// <summary>Counts the requests that are being answered, and lets none in any more when the server stops.</summary>
internal sealed class RequestGate
{
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isClosed;
    private int count;

    /// <summary>False when it is closed. Who is let in must <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        // Counted first: whoever closes the gate and sees nobody inside knows that nobody slips in any more.
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

    /// <summary>Lets nobody in any more.</summary>
    public void Close()
    {
        isClosed = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref count) == 0)
            empty.TrySetResult();
    }

    /// <summary>Ends when everybody who was let in has left, or after <paramref name="limit"/>.</summary>
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
