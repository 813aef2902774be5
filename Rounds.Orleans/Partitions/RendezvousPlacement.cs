using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Orleans.Placement;
using Orleans.Runtime.Placement;
using Tributary.Rounds.Orleans.Silos;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Places each partition on the silo with the highest hash of (partition, silo), so that silos that come and go move
/// only the partitions that must move (D. Thaler, C. Ravishankar: "Using Name-Based Mappings to Increase Hit Rates",
/// 1998).
/// </summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("tributary.rendezvous")]
internal sealed class RendezvousPlacement : PlacementStrategy
{
    /// <summary>The name by which Orleans' manifest knows the strategy.</summary>
    internal static RendezvousPlacement Instance { get; } = new();
}

/// <summary>Marks grains with an integer key that <see cref="RendezvousPlacement"/> places.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RendezvousPlacementAttribute() : PlacementAttribute(RendezvousPlacement.Instance);

/// <inheritdoc cref="RendezvousPlacement"/>
internal sealed class RendezvousDirector(LeavingSilos leaving, IPartitionHomes homes) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(homes.Choose(
            new PartitionId((int)target.GrainIdentity.GetIntegerKey()),
            leaving.Staying(context.GetCompatibleSilos(target))));

    /// <summary>The silo on which a partition belongs.</summary>
    /// <exception cref="OrleansException">There is no silo at the moment.</exception>
    public static SiloAddress Choose(long partition, IReadOnlyList<SiloAddress> silos) =>
        silos.Count == 0
            ? throw new OrleansException($"No silo can run partition {partition}.")
            : silos.MaxBy(silo => (Weight(partition, silo), silo))!;

    private static ulong Weight(long partition, SiloAddress silo)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + 128];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, partition);
        // Address, port and generation: a restarted silo is another silo.
        var written = Encoding.UTF8.GetBytes(silo.ToParsableString(), bytes[sizeof(long)..]);
        return XxHash64.HashToUInt64(bytes[..(sizeof(long) + written)]);
    }
}
