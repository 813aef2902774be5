using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory.Indexing;

/// <summary>Stores which paths are indexed, and for which positions.</summary>
internal static class InMemoryIndexedPaths
{
    /// <summary>The paths that are indexed now.</summary>
    public static IReadOnlyList<string> Open(InMemoryDatabase database) =>
        [.. database.IndexedSpanRows.Where(static span => span.Until is null).Select(static span => span.Pointer)];

    /// <summary>Makes these the indexed paths; returns their ids.</summary>
    public static IReadOnlyList<int> Register(InMemoryDatabase database, IReadOnlyList<string> pointers)
    {
        database.IndexedPointers.AddRange(pointers.Except(database.IndexedPointers).ToList());
        var spans = database.IndexedSpanRows;
        for (var i = 0; i < spans.Count; i++)
        {
            if (spans[i].Until is null && !pointers.Contains(spans[i].Pointer))
                spans[i] = spans[i] with { Until = database.Horizon };
        }

        var ids = pointers.Select(pointer => database.IndexedPointers.IndexOf(pointer) + 1).ToList();
        foreach (var id in ids.Where(id => !spans.Exists(span => span.Path == id && span.Until is null)))
            spans.Add(new IndexedSpan(id, database.IndexedPointers[id - 1], database.Horizon, null));
        return ids;
    }

    /// <summary>The newest spans of these pointers, and the horizon at the same moment.</summary>
    public static IndexedSpans Read(InMemoryDatabase database, IReadOnlyList<string> pointers, int limit) =>
        new(
            database.Horizon,
            [
                .. database
                    .IndexedSpanRows.Where(span => pointers.Contains(span.Pointer))
                    .OrderByDescending(span => span.Since)
                    .Take(limit),
            ]);
}
