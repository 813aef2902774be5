using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Folds;

/// <summary>Counts messages by position, and folds the tallies that say how many there are.</summary>
internal static class SqliteTallies
{
    // The silos with tallies that are not folded, each by one look into the index, however many silos there were.
    private const string Silos =
        """
        with recursive owners(silo) as (
            select min(silo) from tallies
            union all
            select (select min(t.silo) from tallies t where t.silo > owners.silo) from owners
            where owners.silo is not null)
        """;

    /// <summary>How many messages are stored below a position; the caller's transaction is the snapshot.</summary>
    public static long CountBelow(SqliteConnection connection, Position below)
    {
        // A look for the folded row, and two for each silo that has more: its totals begin where the fold ended.
        var rest = connection.Prepare(
                $"""
                {Silos}
                select coalesce(
                    sum(l.total - l.count + min(l.count, ?1 - l.position) - (e.total - e.count)), 0)
                from owners o
                join tallies e on e.silo = o.silo
                    and e.position = (select min(position) from tallies where silo = o.silo)
                join tallies l on l.silo = o.silo
                    and l.position = (select max(position) from tallies where silo = o.silo and position < ?1)
                """)
            .Bind(below.Value);
        rest.Step();
        var count = rest.Int64(0);
        rest.Reset();
        return count + (Last(connection, below.Value)?.CountBelow(below.Value) ?? 0);
    }

    /// <summary>Folds the first tallies in the order of positions; returns how many.</summary>
    /// <remarks>There is one writer: later commits get higher positions than all that is folded.</remarks>
    public static int Fold(SqliteConnection connection, int limit)
    {
        // The silos have had the file one after the other, so this is the order of positions.
        var select = connection.Prepare(
                $"""
                {Silos}
                select t.silo, t.position, t.count from owners o join tallies t on t.silo = o.silo
                order by o.silo, t.position limit ?
                """)
            .Bind(limit);
        var silos = new List<long>();
        var tallies = new List<Tally>();
        while (select.Step())
        {
            silos.Add(select.Int64(0));
            tallies.Add(new Tally(select.Int64(1), select.Int32(2)));
        }

        for (var i = 0; i < tallies.Count; i++)
        {
            connection.Prepare("delete from tallies where silo = ? and position = ?")
                .Bind(silos[i]).Bind(tallies[i].Position).Run();
        }

        foreach (var row in FoldedTally.Add(Last(connection, long.MaxValue), tallies))
        {
            connection.Prepare(
                    "insert into folded_tallies(position, count, total, commits) values (?, ?, ?, ?) "
                    + "on conflict (position) do update "
                    + "set count = excluded.count, total = excluded.total, commits = excluded.commits")
                .Bind(row.Position).Bind(row.Count).Bind(row.Total).Bind(row.Commits).Run();
        }

        return tallies.Count;
    }

    private static FoldedTally? Last(SqliteConnection connection, long below)
    {
        var select = connection.Prepare(
                "select position, count, total, commits from folded_tallies where position < ? "
                + "order by position desc limit 1")
            .Bind(below);
        var row = select.Step()
            ? new FoldedTally(select.Int64(0), select.Int64(1), select.Int64(2), select.Bytes(3))
            : null;
        select.Reset();
        return row;
    }
}
