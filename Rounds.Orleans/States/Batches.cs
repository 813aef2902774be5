namespace Tributary.Rounds.Orleans.States;

/// <summary>
/// Turns the calls of many grains into few calls of the database. A batch is whatever came in while others ran: a call
/// alone waits for nobody, and the busier the silo is, the larger its batches are.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="time">Says since when calls wait.</param>
/// <param name="keyOf">Not null when a batch may hold only one call of a key.</param>
/// <param name="run">Runs a batch and answers each of its calls.</param>
internal sealed class Batches<TCall, TResult>(
    BatchLimits limits, TimeProvider time, Func<TCall, object>? keyOf,
    Func<IReadOnlyList<BatchCall<TCall, TResult>>, Task> run)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<BatchCall<TCall, TResult>> waiting = new();
    private long waitingBytes;
    private int runningCount;

    /// <param name="bytes">The size of the call.</param>
    /// <exception cref="OverloadedException">Too many calls wait.</exception>
    public Task<TResult> RunAsync(TCall call, int bytes)
    {
        var mine = new BatchCall<TCall, TResult>(call, bytes, time.GetTimestamp());
        lock (gate)
        {
            Check(bytes);
            waiting.Enqueue(mine);
            waitingBytes += bytes;
            if (runningCount == limits.MaxRunningCount)
                return mine.Task;
            runningCount++;
        }

        // Neither on the scheduler of the grain that calls nor in its context: the batch is also others'.
        ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.RunAllAsync(), this, preferLocal: false);
        return mine.Task;
    }

    private void Check(int bytes)
    {
        if (waiting.Count >= limits.MaxWaitingCount)
        {
            throw new OverloadedException(
                $"Found {waiting.Count} states of grains that wait for the database; allowed: at most "
                + $"{limits.MaxWaitingCount}.",
                RetryAfter);
        }

        if (waitingBytes + bytes > limits.MaxWaitingBytes)
        {
            throw new OverloadedException(
                $"Found {waitingBytes} bytes of grains' states that wait for the database, and {bytes} more; allowed: "
                + $"at most {limits.MaxWaitingBytes} bytes.",
                RetryAfter);
        }
    }

    private async Task RunAllAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            Exception? error = null;
            try
            {
                await run(batch);
            }
            catch (Exception thrown)
            {
                error = thrown;
            }

            // Whatever became of the batch, each of its callers hears of it.
            foreach (var call in batch)
                call.TrySetException(error ?? new InvalidOperationException("The batch has left a call unanswered."));
        }
    }

    /// <summary>The next batch; empty when there is none, and then this runner has ended.</summary>
    private List<BatchCall<TCall, TResult>> Take()
    {
        var batch = new List<BatchCall<TCall, TResult>>();
        var keys = keyOf is null ? null : new HashSet<object>();
        var bytes = 0L;
        lock (gate)
        {
            while (waiting.TryPeek(out var next) && batch.Count < limits.MaxCount
                && (batch.Count == 0 || bytes + next.Bytes <= limits.MaxBytes)
                && (keys is null || keys.Add(keyOf!(next.Call))))
            {
                batch.Add(waiting.Dequeue());
                bytes += next.Bytes;
            }

            waitingBytes -= bytes;
            if (batch.Count == 0)
                runningCount--;
        }

        return batch;
    }
}

/// <summary>One call of a batch. Its caller goes on elsewhere when it is answered.</summary>
/// <param name="Bytes">The size of the call.</param>
/// <param name="since">A timestamp: since when it waits.</param>
internal sealed class BatchCall<TCall, TResult>(TCall call, int bytes, long since)
    : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public TCall Call { get; } = call;

    public int Bytes { get; } = bytes;

    public long Since { get; } = since;
}

/// <param name="MaxRunningCount">Most batches at once.</param>
/// <param name="MaxCount">Most calls of a batch.</param>
/// <param name="MaxBytes">About the most bytes of a batch.</param>
/// <param name="MaxWaitingCount">Most calls that wait.</param>
/// <param name="MaxWaitingBytes">Most bytes of calls that wait.</param>
internal sealed record BatchLimits(
    int MaxRunningCount, int MaxCount, long MaxBytes, int MaxWaitingCount, long MaxWaitingBytes);
