using Orleans.Concurrency;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Orleans.Kinds;

namespace Tributary.Rounds.Orleans.Partitions;

/// <inheritdoc cref="IPartitionGrain"/>
[KeepAlive, Reentrant, RendezvousPlacement, GrainType("tributary.partition")]
internal sealed class PartitionGrain(IncomingCalls calls) : Grain, IPartitionGrain
{
    public Task<Response> Run(RoundGrainId target, IInvokable request, CancellationToken cancellation) =>
        calls.RunAsync(target, request, cancellation).AsTask();

    public Task RunOneWay(RoundGrainId target, IInvokable request) =>
        calls.RunAsync(target, request, CancellationToken.None).AsTask();

    public Task<int> Count() => Task.FromResult(calls.PartitionCount);
}
