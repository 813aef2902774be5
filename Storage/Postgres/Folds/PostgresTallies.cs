using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Folds;

/// <summary>Counts messages by position, and folds the tallies that say how many there are.</summary>
internal static class PostgresTallies
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

    /// <summary>How many messages are stored below a position and the horizon, in one snapshot.</summary>
    public static async Task<long> CountBelowAsync(
        NpgsqlConnection connection, Position below, CancellationToken cancellation)
    {
        // A look for the folded row, and two for each silo that has more: its totals begin where the fold ended.
        await using var command = PostgresRows.Command(
            connection,
            $"""
            {Silos}
            select b.below, rest.count, f.position, f.count, f.total, f.commits
            from (select least($1, horizon()) as below) b
            left join lateral (
                select * from folded_tallies where position < b.below order by position desc limit 1) f on true
            cross join lateral (
                select coalesce(sum(l.total - l.count + least(l.count, b.below - l.position) - e.before), 0)::bigint
                    as count
                from owners o
                cross join lateral (
                    select total - count as before from tallies where silo = o.silo order by position limit 1) e
                cross join lateral (
                    select * from tallies where silo = o.silo and position < b.below
                    order by position desc limit 1) l
            ) rest
            """,
            below.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var folded = reader.IsDBNull(2) ? 0 : Read(reader, 2).CountBelow(reader.GetInt64(0));
        return folded + reader.GetInt64(1);
    }

    /// <summary>Folds the first tallies below the horizon; returns how many.</summary>
    /// <remarks>
    /// The order of positions is the order of the fold: nothing can appear below the horizon any more, so that folded
    /// rows only ever get more behind them.
    /// </remarks>
    public static async Task<int> FoldAsync(NpgsqlConnection connection, int limit, CancellationToken cancellation)
    {
        var silos = new List<long>();
        var tallies = new List<Tally>();
        await using (var command = PostgresRows.Command(
            connection,
            $"""
            {Silos}
            select t.silo, t.position, t.count from owners o cross join lateral (
                select * from tallies where silo = o.silo and position < horizon() order by position limit $1) t
            order by t.position limit $1
            """,
            limit))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                silos.Add(reader.GetInt64(0));
                tallies.Add(new Tally(reader.GetInt64(1), reader.GetInt32(2)));
            }
        }

        if (tallies.Count == 0)
            return 0;
        await using var last = new NpgsqlCommand(
            "select position, count, total, commits from folded_tallies order by position desc limit 1", connection);
        var rows = await PostgresRows.ReadAllAsync(last, static row => Read(row, 0), cancellation);
        await WriteAsync(
            connection, silos, tallies, FoldedTally.Add(rows.SingleOrDefault(), tallies), cancellation);
        return tallies.Count;
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, List<long> silos, List<Tally> tallies, List<FoldedTally> rows,
        CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(RoundChanges.Command(
            """
            delete from tallies t using unnest($1::bigint[], $2::bigint[]) as f(silo, position)
            where t.silo = f.silo and t.position = f.position
            """,
            new LongColumn("silo", i => silos[i]).ToArray(silos.Count),
            new LongColumn("position", i => tallies[i].Position).ToArray(tallies.Count)));
        batch.BatchCommands.Add(RoundChanges.Command(
            """
            insert into folded_tallies(position, count, total, commits)
            select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[])
            on conflict (position) do update
                set count = excluded.count, total = excluded.total, commits = excluded.commits
            """,
            new LongColumn("position", i => rows[i].Position).ToArray(rows.Count),
            new LongColumn("count", i => rows[i].Count).ToArray(rows.Count),
            new LongColumn("total", i => rows[i].Total).ToArray(rows.Count),
            new BytesColumn("commits", i => rows[i].Commits).ToArray(rows.Count)));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static FoldedTally Read(NpgsqlDataReader row, int first) => new(
        row.GetInt64(first), row.GetInt64(first + 1), row.GetInt64(first + 2), row.GetFieldValue<byte[]>(first + 3));
}
