using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Tributary.Rounds.Held;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Partitions;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// A partition as one process sees it over the network: calls are late, meet a silo that does not own the partition,
/// and get no answer because a silo ended or a message was lost. As with Orleans, a call arrives once at most.
/// </summary>
/// <param name="sender">Completes when the process that calls has ended: nothing leaves it any more.</param>
internal sealed class FarPartition(ClusterRun run, PartitionId partition, Task sender) : IPartitionGrain
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(3);

    private readonly Random random = run.World.Random;

    public async Task<Response> Run(RoundGrainId target, IInvokable request, CancellationToken cancellation)
    {
        await TravelAsync();
        var silo = run.Route(partition);
        if (!silo.HasStarted)
            throw NewRejection();
        if (IsLost())
            return await GiveUpAsync();
        var answer = AwaitAsync(silo.Incoming.RunAsync(target, request, cancellation));
        if (await Task.WhenAny(answer, silo.Ended) != answer)
        {
            answer.Ignore();
            await TravelAsync();
            throw NewLoss();
        }

        try
        {
            return await answer;
        }
        finally
        {
            await TravelAsync();
            if (IsLost())
                await GiveUpAsync();
        }
    }

    public Task RunOneWay(RoundGrainId target, IInvokable request) =>
        throw new NotSupportedException("Nobody in the run makes one-way calls from outside.");

    public Task Take(HintedRow[] rows) =>
        throw new NotSupportedException("The world tells of rows by itself: see ClusterRun.Hint.");

    public Task<AgainResult> MakeAgain(Guid failure) =>
        throw new NotSupportedException("Nobody in the run has failed calls made again.");

    public async Task<int> Count()
    {
        await TravelAsync();
        return run.Partitions.Count;
    }

    // AsTask would leave the world: it continues on the thread pool.
    private static async Task<Response> AwaitAsync(ValueTask<Response> call) => await call;

    private bool IsLost() => !run.IsCalm && random.Next(60) == 0;

    private async Task TravelAsync()
    {
        if (sender.IsCompleted)
            await new TaskCompletionSource().Task;
        await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(200) : 0));
    }

    // The connection breaks, or nothing is heard until the time of the call is over.
    private async Task<Response> GiveUpAsync()
    {
        if (random.Next(2) == 0)
            throw NewLoss();
        await run.World.Delay(ResponseTimeout);
        throw new TimeoutException("The world lost a call or its answer.");
    }

    /// <summary>Whether the call has run is not known; the canary says that it has not.</summary>
    private Exception NewLoss() => run.Sabotage == Sabotage.MakeAgain ? new PartitionElsewhereException(partition)
        : new SiloUnavailableException("The world broke a connection.");

    // Orleans finds no silo, or the one that it chose has not begun: the call did not run, and the caller may not know.
    private Exception NewRejection() => random.Next(2) == 0
        ? new PartitionElsewhereException(partition) : new SiloUnavailableException("The world has no such silo.");
}
