namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Says which silo of a cluster is to have a partition. All silos must come to the same answer from the same silos;
/// while they do not, partitions move to and fro, and no call is lost.
/// </summary>
public interface IPartitionHomes
{
    /// <param name="silos">
    /// Those that can run partitions and stay, in any order; <see cref="SiloAddress.Generation"/> tells a restarted
    /// silo from the one before it.
    /// </param>
    /// <exception cref="InvalidOperationException">There is no silo.</exception>
    SiloAddress Choose(PartitionId partition, IReadOnlyList<SiloAddress> silos);
}

/// <summary>By rendezvous hashing: silos that come and go move as few partitions as can be.</summary>
internal sealed class RendezvousHomes : IPartitionHomes
{
    public SiloAddress Choose(PartitionId partition, IReadOnlyList<SiloAddress> silos) =>
        RendezvousDirector.Choose(partition.Value, silos);
}
