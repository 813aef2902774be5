using Microsoft.Extensions.Logging;
using Tributary.Rounds.Engine;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Moves partitions of this silo to the silos where they belong. Each is given in a round, and the silo that is to have
/// it is called at once, so that it takes the partition without waiting for its own watch. The partitions of one step
/// share the rounds; several steps keep the pause of each partition short.
/// </summary>
internal sealed partial class PartitionMoves(
    RoundEngine engine, SiloPartitionsClient silos, ILogger<PartitionMoves> logger)
{
    // About as many as a silo takes within a few milliseconds.
    private const int StepCount = 32;

    /// <param name="partitions">Partitions of this silo.</param>
    /// <param name="homeOf">The silo where a partition belongs.</param>
    /// <param name="cancellation">Ends the moves after the step that is under way.</param>
    public async Task MoveAsync(
        IReadOnlyList<PartitionId> partitions, Func<PartitionId, SiloAddress> homeOf, CancellationToken cancellation)
    {
        foreach (var step in partitions.Chunk(StepCount))
        {
            cancellation.ThrowIfCancellationRequested();
            await engine.GiveAsync(step, cancellation);
            await Task.WhenAll(step.GroupBy(homeOf).Select(HandOverAsync)).WaitAsync(cancellation);
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
