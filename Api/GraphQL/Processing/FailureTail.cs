using Tributary.Feed;
using Tributary.Storage;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>
/// Reads new failures for all subscribers that have read the stored ones: one read of the store at a time, and none
/// while no subscriber waits. Hints of all silos and a short poll wake it.
/// </summary>
internal sealed class FailureTail(ApiNode node, TimeProvider time)
{
    /// <summary>The most failures of one read; the next read gets further ones.</summary>
    private const int MaxReadCount = 500;

    /// <summary>How long it waits for a hint before it looks by itself: a hint may be lost.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The delay after a failed read.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Look? look;
    private int waitingCount;

    /// <summary>The failures after <paramref name="after"/>; tries again while the store is away.</summary>
    public async Task<RaisedSlice> ReadAsync(Position after, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await node.Failures.ReadRaisedAsync(after, MaxReadCount, cancellation);
            }
            catch (StoreException error) when (error.Fault != StoreFault.Fatal)
            {
                await Task.Delay(RetryDelay, time, cancellation);
            }
        }
    }

    /// <summary>
    /// Waits for failures after <paramref name="reached"/>. The result may begin before that mark.
    /// </summary>
    public async Task<RaisedSlice> NextAsync(Position reached, CancellationToken cancellation)
    {
        Task<RaisedSlice> found;
        lock (gate)
        {
            if (look is null || look.Found.IsCompleted)
                look = new Look(reached, LookAsync(reached));
            // A read that begins behind this subscriber's mark would miss failures that it lacks.
            found = look.From <= reached ? look.Found : ReadAsync(reached, cancellation);
            waitingCount++;
        }

        try
        {
            return await found.WaitAsync(cancellation);
        }
        finally
        {
            lock (gate)
                waitingCount--;
        }
    }

    private async Task<RaisedSlice> LookAsync(Position from)
    {
        var hints = new Wakeup();
        using var watch = node.Changes?.WatchFailures(hints.Wake);
        while (true)
        {
            await hints.WaitAsync(PollInterval, time, node.Tail.Stopping);
            var slice = await ReadAsync(from, node.Tail.Stopping);
            lock (gate)
            {
                if (slice.Failures.Count > 0 || waitingCount == 0)
                    return slice;
            }
        }
    }

    private sealed record Look(Position From, Task<RaisedSlice> Found);
}
