using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Queries;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Indexing;

/// <summary>
/// Keeps the paths that are fed as the living silos name them, and for which positions: see <see cref="FedPaths"/>.
/// </summary>
internal static class InMemoryIndexedPaths
{
    /// <summary>Replaces the paths that the silo names.</summary>
    /// <exception cref="StoreException">See <see cref="FedPaths.CheckCount"/>.</exception>
    public static void Declare(InMemoryDatabase database, SiloId silo, IReadOnlyList<string> pointers)
    {
        FedPaths.CheckCount(
            pointers,
            Living(database).Where(other => other.Id != silo).SelectMany(static other => other.DeclaredPaths)
                .Select(id => database.IndexedPointers[id - 1]));
        database.IndexedPointers.AddRange(pointers.Except(database.IndexedPointers).ToList());
        if (database.Silos.TryGetValue(silo, out var row))
            row.DeclaredPaths = [.. pointers.Select(pointer => database.IndexedPointers.IndexOf(pointer) + 1)];
    }

    /// <summary>All paths, by id.</summary>
    public static IReadOnlyList<PathRow> Read(InMemoryDatabase database)
    {
        var named = Living(database).SelectMany(static silo => silo.DeclaredPaths).ToHashSet();
        return
        [
            .. database.IndexedPointers.Select((pointer, index) => new PathRow(
                index + 1, pointer, database.FedPathIds.Contains(index + 1),
                database.IndexedSpanRows.Exists(span => span.Path == index + 1 && span.Until is null),
                named.Contains(index + 1))),
        ];
    }

    /// <summary>
    /// Changes what is fed. Spans end and begin above the transactions that are open: these meet the new version when
    /// they write.
    /// </summary>
    public static void Feed(InMemoryDatabase database, IReadOnlyDictionary<int, bool> changes)
    {
        var spans = database.IndexedSpanRows;
        foreach (var (id, isFed) in changes)
        {
            if (isFed)
            {
                database.FedPathIds.Add(id);
                spans.Add(new IndexedSpan(id, database.IndexedPointers[id - 1], database.Next, null));
                continue;
            }

            database.FedPathIds.Remove(id);
            var open = spans.FindIndex(span => span.Path == id && span.Until is null);
            spans[open] = spans[open] with { Until = database.Next };
        }
    }

    /// <summary>The newest spans of these pointers, and the horizon at the same moment.</summary>
    public static IndexedSpans ReadSpans(InMemoryDatabase database, IReadOnlyList<string> pointers, int limit) =>
        new(
            database.Horizon,
            [
                .. database
                    .IndexedSpanRows.Where(span => pointers.Contains(span.Pointer))
                    .OrderByDescending(span => span.Since)
                    .Take(limit),
            ]);

    private static IEnumerable<InMemorySilo> Living(InMemoryDatabase database) =>
        database.Silos.Values.Where(static silo => !silo.IsDead);
}
