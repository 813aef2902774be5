namespace Tributary.Rounds.Reminders;

/// <summary>How many activities of a silo wait and run, through all its incarnations; read from any thread.</summary>
internal sealed class ActivityLoad
{
    private volatile int count;
    private int runningCount;

    // Not null while there is no room; completes when there is.
    private volatile TaskCompletionSource? full;

    /// <summary>Activities that wait for a place, that run, and whose results wait for their turns.</summary>
    public int Count => count;

    /// <summary>Activities whose code runs, including those of ended incarnations, which were told to end.</summary>
    public int RunningCount => Volatile.Read(ref runningCount);

    public void Begin() => Interlocked.Increment(ref runningCount);

    public void End() => Interlocked.Decrement(ref runningCount);

    /// <summary>Completes when activities that are due now would be taken.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        while (full is { } until)
            await until.Task.WaitAsync(cancellation);
    }

    /// <summary>Called by the loop.</summary>
    public void Report(int nowCount, bool hasRoom)
    {
        count = nowCount;
        if (!hasRoom)
        {
            full ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else if (full is { } until)
        {
            full = null;
            until.TrySetResult();
        }
    }
}
