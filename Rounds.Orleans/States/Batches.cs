namespace Tributary.Rounds.Orleans.States;

/// <summary>
/// Turns the calls of many grains into few calls of the database. A batch is whatever came in while others ran: a call
/// alone waits for nobody, and the busier the silo is, the larger its batches are.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="maxRunningCount">Most batches at once.</param>
/// <param name="sizeOf">The bytes of a call.</param>
/// <param name="isOneOfAKey">True when a batch may hold only one call of a key.</param>
/// <param name="run">Runs a batch; its results are in the order of the calls.</param>
internal sealed class Batches<TCall, TResult>(
    GrainBatchOptions options, int maxRunningCount, Func<TCall, int> sizeOf, Func<TCall, object>? isOneOfAKey,
    Func<IReadOnlyList<TCall>, Task<IReadOnlyList<TResult>>> run)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<Waiting> waiting = new();
    private long waitingBytes;
    private int runningCount;

    /// <exception cref="OverloadedException">Too many calls wait.</exception>
    public Task<TResult> RunAsync(TCall call)
    {
        var mine = new Waiting(call, sizeOf(call));
        lock (gate)
        {
            Check(mine.Bytes);
            waiting.Enqueue(mine);
            waitingBytes += mine.Bytes;
            if (runningCount == maxRunningCount)
                return mine.Task;
            runningCount++;
        }

        // Not on the scheduler of the grain that calls: the batch is also others'.
        _ = Task.Run(RunAllAsync);
        return mine.Task;
    }

    private void Check(int bytes)
    {
        if (waiting.Count >= options.MaxWaitingCount)
        {
            throw new OverloadedException(
                $"Found {waiting.Count} states of grains that wait for the database; allowed: at most "
                + $"{options.MaxWaitingCount}.",
                RetryAfter);
        }

        if (waitingBytes + bytes > options.MaxWaitingBytes)
        {
            throw new OverloadedException(
                $"Found {waitingBytes} bytes of grains' states that wait for the database, and {bytes} more; allowed: "
                + $"at most {options.MaxWaitingBytes} bytes.",
                RetryAfter);
        }
    }

    private async Task RunAllAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                var results = await run([.. batch.Select(static one => one.Call)]);
                for (var i = 0; i < batch.Count; i++)
                    batch[i].SetResult(results[i]);
            }
            catch (Exception error)
            {
                foreach (var one in batch)
                    one.SetException(error);
            }
        }
    }

    /// <summary>The next batch; empty when there is none, and then this runner has ended.</summary>
    private List<Waiting> Take()
    {
        var batch = new List<Waiting>();
        var keys = isOneOfAKey is null ? null : new HashSet<object>();
        var bytes = 0L;
        lock (gate)
        {
            while (waiting.TryPeek(out var next) && batch.Count < options.MaxCount
                && (batch.Count == 0 || bytes + next.Bytes <= options.MaxBytes)
                && (keys is null || keys.Add(isOneOfAKey!(next.Call))))
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

    // Continuations run elsewhere: the runner goes on with the next batch.
    private sealed class Waiting(TCall call, int bytes)
        : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TCall Call { get; } = call;

        public int Bytes { get; } = bytes;
    }
}
