using Orleans.Concurrency;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Held;
using Tributary.Rounds.Orleans.Kinds;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Orleans.Partitions;

/// <inheritdoc cref="IPartitionGrain"/>
/// <remarks>
/// The activation only tells where the partition should be; the engine and the database decide where it is. A second
/// activation, or one in the wrong silo, is harmless: its take matches nothing, and its calls are bounced.
/// </remarks>
[KeepAlive, Reentrant, RendezvousPlacement, GrainType("tributary.partition")]
internal sealed class PartitionGrain(
    RoundEngine engine, IncomingCalls calls, PartitionPlacement placement, HandOvers handOvers) : Grain, IPartitionGrain
{
    private PartitionId Partition => new((int)this.GetPrimaryKeyLong());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if ((uint)Partition.Value >= (uint)calls.PartitionCount)
        {
            throw new TributaryException(
                "partition_unknown",
                $"Found partition {Partition}; allowed: a partition from 0 to {calls.PartitionCount - 1}.");
        }

        return TakeAsync(cancellationToken);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        // A silo that is alone keeps its partitions, because nobody else could take them. A silo that stops has moved
        // its partitions by now, and gives the remaining ones with one statement.
        engine.IsAlone || reason.ReasonCode == DeactivationReasonCode.ShuttingDown
            ? Task.CompletedTask
            : engine.GiveAsync([Partition], cancellationToken);

    public async Task<Response> Run(RoundGrainId target, IInvokable request, CancellationToken cancellation)
    {
        try
        {
            return await calls.RunAsync(target, request, cancellation);
        }
        catch (PartitionElsewhereException)
        {
            await handOvers.WaitAsync(Partition, cancellation);
            throw;
        }
        catch (Exception error) when (RoundRouter.IsAmbiguous(error))
        {
            return Response.FromException(error);
        }
        finally
        {
            EndIfElsewhere();
        }
    }

    public async Task RunOneWay(RoundGrainId target, IInvokable request)
    {
        try
        {
            await calls.RunAsync(target, request, CancellationToken.None);
        }
        finally
        {
            EndIfElsewhere();
        }
    }

    public Task Take(HintedRow[] rows)
    {
        engine.TakeCalls(Array.ConvertAll(rows, static row => row.ToCall()));
        EndIfElsewhere();
        return Task.CompletedTask;
    }

    public Task<AgainResult> MakeAgain(Guid failure) => engine.MakeAgainAsync(failure);

    public Task<int> Count() => Task.FromResult(calls.PartitionCount);

    private async Task TakeAsync(CancellationToken cancellation)
    {
        // A silo that gives its partitions takes none of them back.
        if (engine.IsAlone || placement.Takes())
            await engine.TakeAsync([Partition], cancellation);
        EndIfElsewhere();
    }

    // Another silo owns the partition: the next call places it anew, and so finds the owner.
    private void EndIfElsewhere()
    {
        if (engine.StateOf(Partition) == PartitionState.Gone)
            DeactivateOnIdle();
    }
}
