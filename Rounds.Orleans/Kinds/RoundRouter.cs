using Microsoft.Extensions.Logging;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Hashing;

namespace Tributary.Rounds.Orleans.Kinds;

/// <summary>Where the calls of references to round grains go: into this process's rounds, or to the partition's grain.</summary>
/// <param name="grains">Reaches the grains of partitions.</param>
/// <param name="local">The rounds of this process; null in a client.</param>
internal sealed partial class RoundRouter(
    IGrainFactory grains, ILogger<RoundRouter> logger, IncomingCalls? local = null)
{
    private Partitioner? partitioner;

    /// <summary>The way in when calls may go straight into the rounds of this process; else null.</summary>
    public IRequestDoor? Straight => local is { HasNoFilters: true } ? local.Door : null;

    /// <summary>Makes a call and returns what it came to; what its turn threw is thrown.</summary>
    public ValueTask<Response> InvokeAsync(
        RoundGrainId target, IInvokable request, CancellationToken cancellation) =>
        local is null
            ? SendAsync(target, request, cancellation)
            : local.RunAsync(target, request, cancellation);

    /// <summary>Makes a call that nobody waits for.</summary>
    public async ValueTask InvokeOneWayAsync(RoundGrainId target, IInvokable request)
    {
        if (local is null)
            await (await PartitionOfAsync(target)).RunOneWay(target, request);
        else
            _ = RunOneWayAsync(local, target, request);
    }

    private async Task RunOneWayAsync(IncomingCalls calls, RoundGrainId target, IInvokable request)
    {
        try
        {
            await calls.RunAsync(target, request, CancellationToken.None);
        }
        catch (Exception error)
        {
            // Nobody waits, and nobody else hears of it.
            LogOneWayFailed(target, request.GetMethodName(), error);
        }
    }

    private async ValueTask<Response> SendAsync(
        RoundGrainId target, IInvokable request, CancellationToken cancellation) =>
        await (await PartitionOfAsync(target)).Run(target, request, cancellation);

    private async ValueTask<IPartitionGrain> PartitionOfAsync(RoundGrainId target)
    {
        // Fixed when the database was created, so it is asked for once.
        partitioner ??= new Partitioner(await grains.GetGrain<IPartitionGrain>(0).Count());
        return grains.GetGrain<IPartitionGrain>(partitioner.Of(target).Value);
    }

    [LoggerMessage(
        EventId = 1061, Level = LogLevel.Warning,
        Message = "The one-way call {Method} of {Grain} failed, and nobody waits for it.")]
    private partial void LogOneWayFailed(RoundGrainId grain, string method, Exception error);
}
