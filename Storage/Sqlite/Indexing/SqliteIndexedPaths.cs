using Tributary.Storage.Queries;
using Tributary.Storage.Sqlite.Messages;

namespace Tributary.Storage.Sqlite.Indexing;

/// <summary>Reads for which positions paths are indexed.</summary>
internal static class SqliteIndexedPaths
{
    /// <summary>The newest spans of these pointers, and the horizon at the same moment.</summary>
    public static IndexedSpans Read(SqliteConnection connection, IReadOnlyList<string> pointers, int limit)
    {
        var spans = new List<IndexedSpan>();
        var select = connection.Prepare(
            """
            select s.path, s.since, s.until from indexed_paths p join indexed_spans s on s.path = p.id
            where p.pointer = ? order by s.since desc limit ?
            """);
        foreach (var pointer in pointers)
        {
            select.Bind(pointer).Bind(limit);
            while (select.Step())
                spans.Add(
                    new IndexedSpan(
                        select.Int32(0), pointer, new Position(select.Int64(1)),
                        select.IsNull(2) ? null : new Position(select.Int64(2))));
        }

        return new IndexedSpans(
            SqliteMessages.Horizon(connection), [.. spans.OrderByDescending(span => span.Since).Take(limit)]);
    }
}
