using Tributary.Runtime.Store;
using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory;

/// <summary>The rows of indexed paths; see <see cref="IMessageLog.RegisterIndexedPathsAsync"/>.</summary>
internal static class InMemoryIndexedPaths
{
    public static IReadOnlyList<IndexedPathRow> Register(InMemoryDatabase database, IReadOnlyList<string> pointers)
    {
        var rows = database.IndexedPathRows;
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Until is null && !pointers.Contains(rows[i].Pointer))
                rows[i] = rows[i] with { Until = database.Horizon };
        }

        foreach (var pointer in pointers.Where(pointer => !rows.Exists(row => row.Until is null && row.Pointer == pointer)))
            rows.Add(new IndexedPathRow(rows.Count + 1, pointer, database.Horizon, null));
        return [.. pointers.Select(pointer => rows.Single(row => row.Until is null && row.Pointer == pointer))];
    }

    /// <summary>The newest spans of these pointers, and the horizon of the same moment.</summary>
    public static IndexedSpans Read(InMemoryDatabase database, IReadOnlyList<string> pointers, int limit) => new(
        database.Horizon,
        [.. database.IndexedPathRows.Where(row => pointers.Contains(row.Pointer)).OrderByDescending(row => row.Since).ThenByDescending(row => row.Id).Take(limit)]);
}
