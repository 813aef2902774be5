using Orleans.Metadata;
using Tributary.Rounds.Orleans.Silos;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Where partitions belong by this silo's view of the cluster. It places as <see cref="RendezvousDirector"/> does: on
/// active silos that can run partitions and do not leave.
/// </summary>
internal sealed class PartitionPlacement(
    IClusterMembershipService membership, IClusterManifestProvider manifests, GrainTypeResolver types,
    LeavingSilos leaving)
{
    private readonly Lazy<GrainType> partition = new(() => types.GetGrainType(typeof(PartitionGrain)));

    /// <summary>The silos that partitions may be placed on now.</summary>
    public IReadOnlyList<SiloAddress> Silos()
    {
        var known = manifests.Current.Silos;
        return leaving.Staying([.. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && IsCompatible(known, member.SiloAddress))
            .Select(static member => member.SiloAddress)]);
    }

    private bool IsCompatible(
        System.Collections.Immutable.ImmutableDictionary<SiloAddress, GrainManifest> known, SiloAddress silo) =>
        known.TryGetValue(silo, out var manifest) && manifest.Grains.ContainsKey(partition.Value);
}
