using Tributary.Storage.Queries;
using Tributary.Storage.Sqlite.Messages;

namespace Tributary.Storage.Sqlite.Indexing;

/// <summary>Stores which paths are indexed, and for which positions.</summary>
internal static class SqliteIndexedPaths
{
    /// <summary>
    /// Makes these the indexed paths, within the transaction of a join; returns their ids. All stored messages lie
    /// below the horizon, where spans end and begin.
    /// </summary>
    public static IReadOnlyList<int> Register(SqliteConnection connection, IReadOnlyList<string> pointers)
    {
        var here = SqliteMessages.Horizon(connection).Value;
        var ids = pointers.Select(pointer => Find(connection, pointer) ?? Add(connection, pointer)).ToList();
        foreach (var gone in Open(connection).Except(ids))
        {
            // No commit came in between: the span is empty, and another may begin at the same position.
            connection.Prepare("delete from indexed_spans where path = ? and since = ?").Bind(gone).Bind(here).Run();
            connection
                .Prepare("update indexed_spans set until = ? where path = ? and until is null")
                .Bind(here)
                .Bind(gone)
                .Run();
        }

        foreach (var begun in ids.Except(Open(connection)))
            connection.Prepare("insert into indexed_spans(path, since) values (?, ?)").Bind(begun).Bind(here).Run();
        return ids;
    }

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

    private static int? Find(SqliteConnection connection, string pointer)
    {
        var select = connection.Prepare("select id from indexed_paths where pointer = ?").Bind(pointer);
        int? id = select.Step() ? select.Int32(0) : null;
        select.Reset();
        return id;
    }

    private static int Add(SqliteConnection connection, string pointer)
    {
        connection.Prepare("insert into indexed_paths(pointer) values (?)").Bind(pointer).Run();
        return Find(connection, pointer)!.Value;
    }

    private static List<int> Open(SqliteConnection connection)
    {
        var open = new List<int>();
        var select = connection.Prepare("select path from indexed_spans where until is null");
        while (select.Step())
            open.Add(select.Int32(0));
        return open;
    }
}
