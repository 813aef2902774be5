using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Silos;
using Tributary.Rounds.Reports;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// The partitions of one silo, reached by the silo's address: a hand-over needs no grain directory, which is itself on
/// the move when silos come and go.
/// </summary>
[Alias("tributary.silo-partitions")]
internal interface ISiloPartitions : IGrainService
{
    /// <summary>
    /// Takes partitions that their owner has given; completes when their turns run here, or when another silo was
    /// faster. See <see cref="PartitionPlacement.Takes"/>.
    /// </summary>
    [Alias("Take")]
    Task Take(int[] partitions);
}

/// <inheritdoc cref="ISiloPartitions"/>
internal sealed class SiloPartitions(
    GrainId id, Silo silo, ILoggerFactory loggers, RoundEngine engine, PartitionPlacement placement,
    SiloWatch silos, MoveLog moves)
    : GrainService(id, silo, loggers), ISiloPartitions
{
    public async Task Take(int[] partitions)
    {
        // A cordoned silo takes over from the last other one, of whose leaving it may not know yet.
        if (!placement.Takes() && !(await silos.LookAsync(CancellationToken.None) && placement.Takes()))
            return;
        var here = await engine.TakeAsync(Array.ConvertAll(partitions, static id => new PartitionId(id)));
        if (here.Count > 0)
            moves.Add(SiloMoveKind.Taken, here.Count, "Their owner handed them over, because they belong here.");
    }
}

/// <summary>References to the partitions of silos.</summary>
internal sealed class SiloPartitionsClient(IServiceProvider services)
    : GrainServiceClient<ISiloPartitions>(services)
{
    public ISiloPartitions At(SiloAddress silo) => GetGrainService(silo);
}
