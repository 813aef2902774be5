using System.Collections.Concurrent;
using Tributary.Storage;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>The states of a database whose answers get lost, or come late, when a test says so.</summary>
internal sealed class FaultyStates(IGrainStates states) : IGrainStates
{
    private int lostCount;
    private int failedCount;

    /// <summary>How many answers of the next writes are lost; the writes happen.</summary>
    public int LostCount
    {
        set => Volatile.Write(ref lostCount, value);
    }

    /// <summary>How many of the next writes never come to the database.</summary>
    public int FailedCount
    {
        set => Volatile.Write(ref failedCount, value);
    }

    /// <summary>A grain whose writes are refused, with all that is in their transaction.</summary>
    public string? Refused { get; set; }

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
        if (writes.Any(write => write.Key.Grain == Refused))
            throw new StoreException(StoreFault.Fatal, $"{Refused} is refused.");
        if (Interlocked.Decrement(ref failedCount) >= 0)
            throw new StoreException(StoreFault.Transient, "The database is away.");
        var outcomes = await states.WriteAsync(writes, isRepeat, cancellation);
        return Interlocked.Decrement(ref lostCount) >= 0
            ? throw new StoreException(StoreFault.Transient, "The answer was lost.") : outcomes;
    }
}
