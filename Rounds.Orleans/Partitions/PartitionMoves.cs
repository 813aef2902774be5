using Microsoft.Extensions.Logging;
using Tributary.Rounds.Engine;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Moves partitions of this silo to the silos where they belong. Each is given in a round, and the silo that is to have
/// it is called at once, so that it takes the partition without waiting for its own watch. The partitions of one step
/// share the rounds; several steps keep the pause of each partition short.
/// </summary>
/// <remarks>
/// A silo that has just started does everything for the first time, which takes it many times as long: it connects,
/// and its code is compiled. So each silo is called before anything is given to it, and then gets one partition, which
/// is called there, before the others wait for it.
/// </remarks>
internal sealed partial class PartitionMoves(
    RoundEngine engine, IGrainFactory grains, SiloPartitionsClient silos, HandOvers handOvers, TimeProvider time,
    ILogger<PartitionMoves> logger)
{
    // About as many as a silo takes within a few milliseconds.
    private const int StepCount = 32;

    // A silo that takes longer than this to answer is asked at the next look: the partitions of others do not wait.
    private static readonly TimeSpan MaxReachTime = TimeSpan.FromSeconds(1);

    /// <param name="partitions">Partitions of this silo.</param>
    /// <param name="homeOf">The silo where a partition belongs.</param>
    /// <param name="cancellation">Ends the moves after the step that is under way.</param>
    /// <returns>How many were given; those of silos that cannot be called stay here.</returns>
    public async Task<int> MoveAsync(
        IReadOnlyList<PartitionId> partitions, Func<PartitionId, SiloAddress> homeOf, CancellationToken cancellation)
    {
        var groups = await Task.WhenAll(partitions.GroupBy(homeOf).Select(async group =>
            await IsReachedAsync(group.Key, cancellation) ? group.ToList() : []));
        await MoveStepAsync([.. groups.SelectMany(static group => group.Take(1))], homeOf, cancellation);
        await Task.WhenAll(groups.Where(static group => group.Count > 1).Select(static group => group[0])
            .Select(CallAsync)).WaitAsync(cancellation);
        foreach (var step in groups.SelectMany(static group => group.Skip(1)).Chunk(StepCount))
            await MoveStepAsync(step, homeOf, cancellation);
        return groups.Sum(static group => group.Count);
    }

    private async Task MoveStepAsync(
        PartitionId[] step, Func<PartitionId, SiloAddress> homeOf, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (step.Length == 0)
            return;
        await handOvers.RunAsync(step, async () =>
        {
            await engine.GiveAsync(step, cancellation);
            await Task.WhenAll(step.GroupBy(homeOf).Select(HandOverAsync)).WaitAsync(cancellation);
        });
    }

    private async Task<bool> IsReachedAsync(SiloAddress silo, CancellationToken cancellation)
    {
        try
        {
            await silos.At(silo).Take([]).WaitAsync(MaxReachTime, time, cancellation);
            return true;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            LogNotReached(silo, error.Message);
            return false;
        }
    }

    // A call activates the partition's grain at the new silo, where later calls find it. An activation here ends first.
    private async Task CallAsync(PartitionId partition)
    {
        try
        {
            var grain = grains.GetGrain<IPartitionGrain>(partition.Value);
            await grain.Take([]);
            await grain.Count().WaitAsync(MaxReachTime, time);
        }
        catch (Exception error)
        {
            LogNotCalled(partition.Value, error.Message);
        }
    }

    private async Task HandOverAsync(IGrouping<SiloAddress, PartitionId> given)
    {
        try
        {
            await silos.At(given.Key).Take([.. given.Select(static partition => partition.Value)]);
        }
        catch (Exception error)
        {
            // Nobody owns the partitions: the silo where they belong takes them at its next look.
            LogNotHandedOver(given.Count(), given.Key, error.Message);
        }
    }
}
