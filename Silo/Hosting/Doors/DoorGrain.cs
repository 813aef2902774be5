using Orleans.Concurrency;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Partitions;

namespace Tributary.Silo.Hosting.Doors;

/// <inheritdoc cref="IDoorGrain"/>
// Calls interleave, so that many wait for the same round.
[RendezvousPlacement, Reentrant, GrainType("tributary.door")]
internal sealed class DoorGrain(DoorKeeper keeper, RoundEngine engine) : Grain, IDoorGrain
{
    // Completes when the calls of loads before this one have been handed over.
    private Task handedOver = Task.CompletedTask;

    public async Task<DoorAnswers> Take(DoorRequest[] requests, bool isBulk)
    {
        // A partition that has moved takes its door along: the next call places it anew.
        if (engine.StateOf(new PartitionId((int)this.GetPrimaryKeyLong())) == PartitionState.Gone)
            DeactivateOnIdle();
        // Single messages have no order among each other, and are mapped beside those of other calls.
        return isBulk
            ? await TakeInOrderAsync(requests)
            : await Task.Run(() => keeper.TakeAsync(requests, isBulk: false, Task.CompletedTask));
    }

    private Task<DoorAnswers> TakeInOrderAsync(DoorRequest[] requests)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = handedOver;
        handedOver = taken.Task;
        return keeper.TakeAsync(requests, isBulk: true, before, taken);
    }
}
