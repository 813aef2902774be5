using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;
using Tributary.Storage.Sqlite.Messages;

namespace Tributary.Storage.Sqlite.Indexing;

/// <summary>Keeps the paths that are fed as the living silos name them: see <see cref="FedPaths"/>.</summary>
internal static class SqliteFedPaths
{
    /// <summary>Replaces the paths that the silo names.</summary>
    /// <exception cref="StoreException">See <see cref="FedPaths.CheckCount"/>.</exception>
    public static void Declare(SqliteConnection connection, SiloId silo, IReadOnlyList<string> pointers)
    {
        connection.Prepare("delete from declared_paths where silo = ?").Bind(silo.Value).Run();
        FedPaths.CheckCount(
            pointers, Read(connection).Where(static row => row.IsNamed).Select(static row => row.Pointer));
        foreach (var pointer in pointers)
        {
            connection.Prepare("insert into indexed_paths(pointer) values (?) on conflict do nothing")
                .Bind(pointer).Run();
            connection.Prepare(
                    """
                    insert into declared_paths(silo, path) select s.id, p.id from silos s, indexed_paths p
                    where s.id = ? and p.pointer = ?
                    """)
                .Bind(silo.Value).Bind(pointer).Run();
        }
    }

    public static IReadOnlyList<PathRow> Read(SqliteConnection connection)
    {
        var rows = new List<PathRow>();
        var select = connection.Prepare(
            """
            select p.id, p.pointer, p.is_fed,
                exists(select 1 from indexed_spans s where s.path = p.id and s.until is null),
                exists(select 1 from declared_paths d join silos s on s.id = d.silo
                    where d.path = p.id and s.status <> 'dead')
            from indexed_paths p order by p.id
            """);
        while (select.Step())
        {
            rows.Add(new PathRow(
                select.Int32(0), select.Text(1), select.Int32(2) != 0, select.Int32(3) != 0, select.Int32(4) != 0));
        }

        return rows;
    }

    /// <summary>
    /// Changes what is fed. There is one writer, so that all stored messages lie below the horizon, where spans end and
    /// begin, and later rounds meet the new version.
    /// </summary>
    public static void Feed(SqliteConnection connection, IReadOnlyDictionary<int, bool> changes)
    {
        var here = SqliteMessages.Horizon(connection).Value;
        foreach (var (id, isFed) in changes)
        {
            connection.Prepare("update indexed_paths set is_fed = ? where id = ?").Bind(isFed ? 1 : 0).Bind(id).Run();
            if (isFed)
            {
                connection.Prepare("insert into indexed_spans(path, since) values (?, ?)").Bind(id).Bind(here).Run();
                continue;
            }

            // No commit came in between: the span is empty, and another may begin at the same position.
            connection.Prepare("delete from indexed_spans where path = ? and since = ?").Bind(id).Bind(here).Run();
            connection.Prepare("update indexed_spans set until = ? where path = ? and until is null")
                .Bind(here).Bind(id).Run();
        }
    }
}
