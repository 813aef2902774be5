using Orleans.Metadata;
using Tributary.Rounds.Orleans.Silos;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Where partitions belong by this silo's view of the cluster. It places as <see cref="RendezvousDirector"/> does: on
/// active silos that can run partitions, do not leave and are not cordoned.
/// </summary>
internal sealed class PartitionPlacement(
    IClusterMembershipService membership, IClusterManifestProvider manifests, GrainTypeResolver types,
    LeavingSilos leaving, ILocalSiloDetails self)
{
    private readonly Lazy<GrainType> partition = new(() => types.GetGrainType(typeof(PartitionGrain)));

    /// <summary>The silos that partitions may be placed on now.</summary>
    public IReadOnlyList<SiloAddress> Silos() => leaving.Staying(Able());

    /// <summary>True when this silo is the only one that partitions could be placed on.</summary>
    public bool IsLast() => Able().All(other => other.Equals(self.SiloAddress) || leaving.Contains(other));

    /// <summary>
    /// False for a silo that takes nothing that others bring: one that is leaving, and one that is cordoned while
    /// another can run partitions. A caller may know less of the cluster than this silo does.
    /// </summary>
    public bool Takes() => !leaving.Contains(self.SiloAddress)
        && (!leaving.IsCordoned(self.SiloAddress) || Silos().Contains(self.SiloAddress));

    /// <summary>True when an operator has this silo give its partitions.</summary>
    public bool IsCordoned() => leaving.IsCordoned(self.SiloAddress);

    private SiloAddress[] Able()
    {
        var known = manifests.Current.Silos;
        return
        [
            .. membership.CurrentSnapshot.Members.Values
                .Where(member => member.Status == SiloStatus.Active && IsCompatible(known, member.SiloAddress))
                .Select(static member => member.SiloAddress),
        ];
    }

    private bool IsCompatible(
        System.Collections.Immutable.ImmutableDictionary<SiloAddress, GrainManifest> known, SiloAddress silo) =>
        known.TryGetValue(silo, out var manifest) && manifest.Grains.ContainsKey(partition.Value);
}
