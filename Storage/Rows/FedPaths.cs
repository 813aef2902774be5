using Tributary.Storage.Generations;

namespace Tributary.Storage.Rows;

/// <summary>
/// Which paths are fed: those that any living silo names. The same in every store and for every silo.
/// </summary>
internal static class FedPaths
{
    /// <summary>The changes that are due, by id: true for a path that is fed from now on.</summary>
    /// <param name="hasDeclared">
    /// True when a living silo has declared. While none has, nothing changes, as for definitions: a restart of all
    /// silos with the same paths leaves their spans open.
    /// </param>
    public static Dictionary<int, bool> Changes(IReadOnlyList<PathRow> all, bool hasDeclared) => hasDeclared
        ? all.Where(static row => row.IsFed != row.IsNamed).ToDictionary(static row => row.Id, static row => !row.IsFed)
        : [];

    /// <summary>True when what is fed must follow the silos, or a span of what is fed must begin.</summary>
    public static bool IsDue(IReadOnlyList<PathRow> all, bool hasDeclared) =>
        Changes(all, hasDeclared).Count > 0 || all.Any(static row => row is { IsFed: true, IsOpen: false });

    /// <summary>The fed paths, as silos read them.</summary>
    public static IReadOnlyList<IndexedPathRow> Of(IEnumerable<PathRow> all) =>
        [.. all.Where(static row => row.IsFed).Select(static row => new IndexedPathRow(row.Id, row.Pointer))];

    /// <param name="own">The paths that a silo is about to name.</param>
    /// <param name="ofOthers">The paths that the other living silos name.</param>
    /// <exception cref="StoreException">Together they are too many.</exception>
    public static void CheckCount(IReadOnlyList<string> own, IEnumerable<string> ofOthers)
    {
        var count = own.Union(ofOthers).Count();
        if (count <= StoredDefinitions.MaxIndexedPathsCount)
            return;
        throw new StoreException(
            StoreFault.Fatal,
            $"indexed_paths: found [{string.Join(", ", own)}]; with those of the silos that run these are {count} "
            + $"paths; allowed: at most {StoredDefinitions.MaxIndexedPathsCount} in all silos of a cluster together.");
    }
}

/// <summary>A path that was ever indexed.</summary>
/// <param name="IsFed">True while silos extract its values.</param>
/// <param name="IsOpen">True while a span of it goes on.</param>
/// <param name="IsNamed">True when a living silo names it.</param>
internal sealed record PathRow(int Id, string Pointer, bool IsFed, bool IsOpen, bool IsNamed);
