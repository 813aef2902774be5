using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tributary.Storage;
using Tributary.Storage.GrainStates;

using Read = Tributary.Rounds.Orleans.States.BatchCall<
    Tributary.Storage.GrainStates.GrainStateKey, Tributary.Storage.GrainStates.StoredGrainState?>;
using Write = Tributary.Rounds.Orleans.States.BatchCall<
    Tributary.Storage.GrainStates.GrainStateWrite, Tributary.Storage.GrainStates.GrainStateOutcome>;

namespace Tributary.Rounds.Orleans.States;

/// <summary>
/// Reads and writes the states of all ordinary grains of this silo, in batches. A batch is tried again while the
/// database is away, which is safe: a write that is stored already counts as written.
/// </summary>
internal sealed partial class GrainStateBatches
{
    private readonly IGrainStates states;
    private readonly GrainBatchOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<GrainStateBatches> logger;
    private readonly Batches<GrainStateKey, StoredGrainState?> reads;
    private readonly Batches<GrainStateWrite, GrainStateOutcome> writes;

    public GrainStateBatches(
        IGrainStates states, IOptions<GrainBatchOptions> options, TimeProvider time,
        ILogger<GrainStateBatches> logger)
    {
        (this.states, this.options, this.time, this.logger) = (states, options.Value, time, logger);
        var limits = options.Value;
        limits.Check();
        reads = new(
            new BatchLimits(
                limits.MaxReadsCount, limits.MaxReadCount, long.MaxValue, limits.MaxWaitingCount,
                limits.MaxWaitingBytes),
            time, keyOf: null, ReadAsync);
        // One after the other: while one is made durable, the next one grows.
        writes = new(
            new BatchLimits(
                MaxRunningCount: 1, limits.MaxCount, limits.MaxBytes, limits.MaxWaitingCount, limits.MaxWaitingBytes),
            time, static write => write.Key, batch => WriteAsync(batch, isRepeat: false));
    }

    /// <summary>The stored state, or null.</summary>
    /// <exception cref="StoreException">The database is away for too long.</exception>
    public Task<StoredGrainState?> ReadAsync(GrainStateKey key) => reads.RunAsync(key, bytes: 0);

    /// <exception cref="StoreException">
    /// The database is away for too long; whether the write is stored is unknown.
    /// </exception>
    public Task<GrainStateOutcome> WriteAsync(GrainStateWrite write) =>
        writes.RunAsync(write, write.State?.Length ?? 0);

    private Task ReadAsync(IReadOnlyList<Read> batch) => UntilDoneAsync(
        batch, isRepeat: false,
        async (calls, _) => await states.ReadAsync([.. calls.Select(static one => one.Call)], CancellationToken.None));

    private Task WriteAsync(IReadOnlyList<Write> batch, bool isRepeat) => UntilDoneAsync(
        batch, isRepeat,
        async (calls, again) =>
            await states.WriteAsync([.. calls.Select(static one => one.Call)], again, CancellationToken.None));

    /// <summary>
    /// Tries until each call is answered. Calls that have waited for too long are answered with the error. A batch that
    /// the database refuses for good is split, so that one call that it does not take fails alone.
    /// </summary>
    private async Task UntilDoneAsync<TCall, TResult>(
        IReadOnlyList<BatchCall<TCall, TResult>> batch, bool isRepeat,
        Func<IReadOnlyList<BatchCall<TCall, TResult>>, bool, Task<IReadOnlyList<TResult>>> run)
    {
        for (var failures = 0; batch.Count > 0;)
        {
            StoreException error;
            try
            {
                var results = await run(batch, isRepeat || failures > 0);
                for (var i = 0; i < batch.Count; i++)
                    batch[i].TrySetResult(results[i]);
                return;
            }
            catch (StoreException refused) when (!refused.IsPassing)
            {
                if (batch is [var alone])
                {
                    alone.TrySetException(refused);
                    return;
                }

                var half = batch.Count / 2;
                await UntilDoneAsync([.. batch.Take(half)], isRepeat || failures > 0, run);
                await UntilDoneAsync([.. batch.Skip(half)], isRepeat || failures > 0, run);
                return;
            }
            catch (StoreException passing)
            {
                error = passing;
            }

            failures++;
            LogWaits(error.Message);
            batch = WithoutExpired(batch, error);
            if (batch.Count > 0)
                await Task.Delay(options.Retries.After(failures), time);
        }
    }

    private List<BatchCall<TCall, TResult>> WithoutExpired<TCall, TResult>(
        IReadOnlyList<BatchCall<TCall, TResult>> batch, StoreException error)
    {
        var left = new List<BatchCall<TCall, TResult>>(batch.Count);
        foreach (var call in batch)
        {
            if (time.GetElapsedTime(call.Since) < options.MaxTime)
                left.Add(call);
            else
                call.TrySetException(error);
        }

        return left;
    }
}
