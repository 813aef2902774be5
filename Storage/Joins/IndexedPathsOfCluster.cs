using Tributary.Storage.Rounds;

namespace Tributary.Storage.Joins;

/// <summary>
/// Silos that live at the same time must extract the same paths: a message that a silo stored without the values of a
/// path would be missed by every search that uses the index of that path.
/// </summary>
internal static class IndexedPathsOfCluster
{
    /// <summary>Called when another silo lives.</summary>
    /// <param name="indexed">The paths that are indexed now: those of the silos that live.</param>
    /// <exception cref="StoreException">The silo names other paths.</exception>
    public static void Check(JoinRequest request, IReadOnlyCollection<string> indexed)
    {
        if (request.IndexedPaths.ToHashSet().SetEquals(indexed))
            return;
        throw new StoreException(
            StoreFault.Fatal,
            $"indexed_paths: found {Show(request.IndexedPaths)}; the silos that run have {Show(indexed)}; allowed: the "
            + "same in all silos of a cluster, or others when no silo runs.");
    }

    private static string Show(IEnumerable<string> paths) =>
        $"[{string.Join(", ", paths.Order(StringComparer.Ordinal))}]";
}
