using Tributary.Storage.Rounds;

namespace Tributary.Storage.Joins;

/// <summary>
/// Who may join a database that remembers the cluster of its silos: the silos of one cluster, or one silo alone, and
/// never both at a time.
/// </summary>
internal static class ClusterOfDatabase
{
    /// <param name="stored">The cluster that the database belongs to; null when it belongs to a silo alone.</param>
    /// <exception cref="StoreException">The database belongs to another cluster.</exception>
    public static void Check(JoinRequest request, string? stored)
    {
        if (stored is not null && request.Cluster is { } asked && asked != stored)
        {
            throw new StoreException(
                StoreFault.Fatal,
                $"The database belongs to the cluster '{stored}'; found a silo of the cluster '{asked}'; allowed: "
                + $"silos of '{stored}', or one silo alone when none of them lives, which frees the database for "
                + "another cluster.");
        }
    }

    /// <summary>
    /// True when the silo may join only if no other lives: it is alone, or the others are not of its cluster.
    /// </summary>
    public static bool MustBeFree(JoinRequest request, string? stored) =>
        request.IsAlone || request.Cluster != stored;

    /// <summary>The error of a silo that may not join beside one that lives.</summary>
    public static StoreException InUse(JoinRequest request, string? stored, string living)
    {
        var message = $"The database is in use by {living}.";
        return new StoreException(
            StoreFault.Busy,
            request.Cluster == stored
                ? message
                : $"{message} That silo is {Kind(stored)}, this one is {Kind(request.Cluster)}; allowed: one kind at "
                    + "a time.");
    }

    private static string Kind(string? cluster) => cluster is null ? "alone" : $"of the cluster '{cluster}'";
}
