namespace Tributary.Rounds.Orleans.Silos;

/// <summary>
/// The silos that are about to leave, as the database and this process know them: no partition is placed on them while
/// another silo can run it.
/// </summary>
internal sealed class LeavingSilos
{
    private volatile HashSet<SiloAddress> silos = [];

    public bool Contains(SiloAddress silo) => silos.Contains(silo);

    /// <summary>Replaces the silos; true when they have changed.</summary>
    public bool Set(HashSet<SiloAddress> leaving)
    {
        if (silos.SetEquals(leaving))
            return false;
        silos = leaving;
        return true;
    }

    /// <summary>Those of the silos that stay; all of them when none does.</summary>
    public IReadOnlyList<SiloAddress> Staying(IReadOnlyList<SiloAddress> all)
    {
        var leaving = silos;
        if (leaving.Count == 0)
            return all;
        var staying = all.Where(silo => !leaving.Contains(silo)).ToArray();
        return staying.Length == 0 ? all : staying;
    }
}
