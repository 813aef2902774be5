namespace Tributary.Storage.Joins;

/// <summary>What stores say of incarnations.</summary>
internal static class Incarnations
{
    /// <summary>
    /// The row of a silo is gone, and with it what became of its last round. That the round is not in would be a guess:
    /// whoever believes it stores the same messages again.
    /// </summary>
    public static StoreException Forgotten(SiloId silo) => new(
        StoreFault.Fatal,
        $"Silo {silo} was declared dead so long ago that the database has no row of it: what became of its last round "
        + "is not known any more. Started again, this process joins as a new silo.");
}
