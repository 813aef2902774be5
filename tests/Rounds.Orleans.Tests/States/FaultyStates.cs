using System.Collections.Concurrent;
using Tributary.Storage;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>The states of a database whose answers get lost, or come late, when a test says so.</summary>
internal sealed class FaultyStates(IGrainStates states) : IGrainStates
{
    private int lostCount;

    /// <summary>How many answers of the next writes are lost; the writes happen.</summary>
    public int LostCount
    {
        set => Volatile.Write(ref lostCount, value);
    }

    /// <summary>Every call waits for this first.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>How many states each write and each read had, in the order of the calls.</summary>
    public ConcurrentQueue<(bool IsWrite, int Count)> Calls { get; } = new();

    public async ValueTask<IReadOnlyList<StoredGrainState?>> ReadAsync(
        IReadOnlyList<GrainStateKey> keys, CancellationToken cancellation)
    {
        Calls.Enqueue((false, keys.Count));
        await Gate;
        return await states.ReadAsync(keys, cancellation);
    }

    public async ValueTask<IReadOnlyList<GrainStateOutcome>> WriteAsync(
        IReadOnlyList<GrainStateWrite> writes, bool isRepeat, CancellationToken cancellation)
    {
        Calls.Enqueue((true, writes.Count));
        await Gate;
        var outcomes = await states.WriteAsync(writes, isRepeat, cancellation);
        return Interlocked.Decrement(ref lostCount) >= 0
            ? throw new StoreException(StoreFault.Transient, "The answer was lost.") : outcomes;
    }
}
