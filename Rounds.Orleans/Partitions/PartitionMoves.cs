using Microsoft.Extensions.Logging;
using Tributary.Rounds.Engine;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Moves partitions of this silo to the silos where they belong. Each is given in a round, and the silo that is to have
/// it is called at once, so that it takes the partition without waiting for its own watch. The partitions of one step
/// share the rounds; several steps keep the pause of each partition short.
/// </summary>
internal sealed partial class PartitionMoves(
    RoundEngine engine, IGrainFactory grains, ILocalSiloDetails self, ILogger<PartitionMoves> logger)
{
    // About as many as a silo takes within a few milliseconds.
    private const int StepCount = 32;

    public async Task MoveAsync(IReadOnlyList<PartitionId> partitions, CancellationToken cancellation)
    {
        foreach (var step in partitions.Chunk(StepCount))
        {
            cancellation.ThrowIfCancellationRequested();
            await engine.GiveAsync(step, cancellation);
            await Task.WhenAll(step.Select(HandOverAsync)).WaitAsync(cancellation);
        }
    }

    private async Task HandOverAsync(PartitionId partition)
    {
        try
        {
            var grain = grains.GetGrain<IPartitionGrain>(partition.Value);
            // Orleans places the partition anew at the next call after this.
            await grain.Leave(self.SiloAddress);
            await grain.Hold();
        }
        catch (Exception error)
        {
            // Nobody owns the partition: the silo where it belongs takes it at its next look.
            LogNotHandedOver(partition, error.Message);
        }
    }
}
