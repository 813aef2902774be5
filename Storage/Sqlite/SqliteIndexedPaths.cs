using Tributary.Runtime.Store;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Sqlite;

/// <summary>The rows of indexed paths; see <see cref="IMessageLog.RegisterIndexedPathsAsync"/>.</summary>
internal static class SqliteIndexedPaths
{
    private const string Columns = "id, pointer, since, until";

    /// <summary>Runs in a transaction of the one writer: all messages that are there lie below the horizon.</summary>
    public static IReadOnlyList<IndexedPathRow> Register(SqliteConnection connection, IReadOnlyList<string> pointers)
    {
        var here = SqliteMessageLog.Horizon(connection);
        var open = Rows(connection.Prepare($"select {Columns} from indexed_paths where until is null"));
        foreach (var gone in open.Where(row => !pointers.Contains(row.Pointer)))
            connection.Prepare("update indexed_paths set until = ? where id = ?").Bind(here.Value).Bind(gone.Id).Run();
        foreach (var pointer in pointers.Where(pointer => !open.Exists(row => row.Pointer == pointer)))
            connection.Prepare("insert into indexed_paths(pointer, since) values (?, ?)").Bind(pointer).Bind(here.Value).Run();

        open = Rows(connection.Prepare($"select {Columns} from indexed_paths where until is null"));
        return [.. pointers.Select(pointer => open.Single(row => row.Pointer == pointer))];
    }

    /// <summary>The newest spans of these pointers, and the horizon of the same moment.</summary>
    public static IndexedSpans Read(SqliteConnection connection, IReadOnlyList<string> pointers, int limit)
    {
        var rows = new List<IndexedPathRow>();
        var select = connection.Prepare($"select {Columns} from indexed_paths where pointer = ? order by since desc, id desc limit ?");
        foreach (var pointer in pointers)
            rows.AddRange(Rows(select.Bind(pointer).Bind(limit)));
        return new IndexedSpans(
            SqliteMessageLog.Horizon(connection), [.. rows.OrderByDescending(row => row.Since).ThenByDescending(row => row.Id).Take(limit)]);
    }

    private static List<IndexedPathRow> Rows(SqliteStatement select)
    {
        var rows = new List<IndexedPathRow>();
        while (select.Step())
        {
            rows.Add(new IndexedPathRow(
                select.Int32(0), select.Text(1), new Position(select.Int64(2)), select.IsNull(3) ? null : new Position(select.Int64(3))));
        }

        return rows;
    }
}
