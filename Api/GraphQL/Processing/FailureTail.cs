using Tributary.Storage;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>
/// Reads failures for all subscribers that have read what there is: one look at the store at a time, and none while
/// nobody waits.
/// </summary>
internal sealed class FailureTail(ApiNode node, TimeProvider time)
{
    /// <summary>Failures of one read; further ones are in the next.</summary>
    private const int MaxReadCount = 500;

    /// <summary>How long a failure may wait to be noticed.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a read that failed waits for the next try.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Look? look;
    private int waitingCount;

    /// <summary>What is stored after <paramref name="after"/>; a store that is away is asked again.</summary>
    public async Task<RaisedSlice> ReadAsync(Position after, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await node.Failures.ReadRaisedAsync(after, MaxReadCount, cancellation);
            }
            catch (StoreException error) when (error.Fault == StoreFault.Transient)
            {
                await Task.Delay(RetryDelay, time, cancellation);
            }
        }
    }

    /// <summary>
    /// Waits until there is something after <paramref name="reached"/>. What is given may begin before it.
    /// </summary>
    public async Task<RaisedSlice> NextAsync(Position reached, CancellationToken cancellation)
    {
        Task<RaisedSlice> found;
        lock (gate)
        {
            if (look is null || look.Found.IsCompleted)
                look = new Look(reached, LookAsync(reached));
            // A look that begins further on would not see what this subscriber lacks.
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
        while (true)
        {
            await Task.Delay(PollInterval, time, node.Tail.Stopping);
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
