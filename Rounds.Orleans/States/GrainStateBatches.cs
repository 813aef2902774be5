using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tributary.Storage;
using Tributary.Storage.GrainStates;

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
        reads = new(this.options, this.options.MaxReadsCount, static _ => 0, isOneOfAKey: null, ReadAsync);
        // One after the other: while one is made durable, the next one grows.
        writes = new(
            this.options, maxRunningCount: 1, static write => write.State?.Length ?? 0,
            static write => write.Key, WriteAsync);
    }

    /// <summary>The stored state, or null.</summary>
    /// <exception cref="StoreException">The database is away for too long.</exception>
    public Task<StoredGrainState?> ReadAsync(GrainStateKey key) => reads.RunAsync(key);

    /// <exception cref="StoreException">
    /// The database is away for too long; whether the write is stored is unknown.
    /// </exception>
    public Task<GrainStateOutcome> WriteAsync(GrainStateWrite write) => writes.RunAsync(write);

    private Task<IReadOnlyList<StoredGrainState?>> ReadAsync(IReadOnlyList<GrainStateKey> keys) =>
        UntilDoneAsync(_ => states.ReadAsync(keys, CancellationToken.None));

    private Task<IReadOnlyList<GrainStateOutcome>> WriteAsync(IReadOnlyList<GrainStateWrite> batch) =>
        UntilDoneAsync(isRepeat => states.WriteAsync(batch, isRepeat, CancellationToken.None));

    private async Task<T> UntilDoneAsync<T>(Func<bool, ValueTask<T>> run)
    {
        var began = time.GetTimestamp();
        for (var failures = 0; ;)
        {
            try
            {
                return await run(failures > 0);
            }
            catch (StoreException error) when (error.IsPassing && time.GetElapsedTime(began) < options.MaxTime)
            {
                failures++;
                LogWaits(error.Message);
            }

            await Task.Delay(options.Retries.After(failures), time);
        }
    }
}
