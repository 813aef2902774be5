namespace Tributary.Rounds.Orleans.Silos;

/// <summary>
/// The silos on which no partition is placed while another silo can run it, as the database and this process know them:
/// those that are about to leave, and those that an operator has cordoned.
/// </summary>
internal sealed class LeavingSilos
{
    private volatile Sets known = new([], []);

    public bool Contains(SiloAddress silo) => known.Leaving.Contains(silo);

    public bool IsCordoned(SiloAddress silo) => known.Cordoned.Contains(silo);

    /// <summary>Replaces the silos; true when they have changed.</summary>
    public bool Set(HashSet<SiloAddress> leaving, HashSet<SiloAddress> cordoned)
    {
        var before = known;
        if (before.Leaving.SetEquals(leaving) && before.Cordoned.SetEquals(cordoned))
            return false;
        known = new Sets(leaving, cordoned);
        return true;
    }

    /// <summary>
    /// Those of the silos that stay and are not cordoned; where there is none, the cordoned ones, because partitions
    /// without an owner serve nobody; all of them when none stays.
    /// </summary>
    public IReadOnlyList<SiloAddress> Staying(IReadOnlyList<SiloAddress> all)
    {
        var (leaving, cordoned) = known;
        if (leaving.Count == 0 && cordoned.Count == 0)
            return all;
        var staying = all.Where(silo => !leaving.Contains(silo)).ToArray();
        var open = staying.Where(silo => !cordoned.Contains(silo)).ToArray();
        return open.Length > 0 ? open : staying.Length > 0 ? staying : all;
    }

    private sealed record Sets(HashSet<SiloAddress> Leaving, HashSet<SiloAddress> Cordoned);
}
