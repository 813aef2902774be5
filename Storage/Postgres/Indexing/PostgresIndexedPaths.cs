using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Postgres.Indexing;

/// <summary>Stores which paths are indexed, and for which positions.</summary>
internal static class PostgresIndexedPaths
{
    // Above every transaction that has ended and below every later one. The horizon does not serve here: a transaction
    // of another program may hold it below stored messages.
    private static readonly string Here =
        $"pg_snapshot_xmax(pg_current_snapshot())::text::bigint << {Position.IndexBits}";

    private static readonly string[] Steps =
    [
        """
        insert into indexed_paths(pointer) select w.pointer from unnest($1) with ordinality w(pointer, n)
        where not exists (select from indexed_paths p where p.pointer = w.pointer) order by w.n
        """,
        $"update indexed_spans s set until = {Here} from indexed_paths p where p.id = s.path and s.until is null and "
        + "p.pointer <> all($1)",
        $"""
        insert into indexed_spans(path, since) select p.id, {Here} from indexed_paths p
        where p.pointer = any($1) and not exists (select from indexed_spans s where s.path = p.id and s.until is null)
        """,
    ];

    /// <summary>The paths that are indexed now.</summary>
    public static async Task<IReadOnlyList<string>> OpenAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "select p.pointer from indexed_spans s join indexed_paths p on p.id = s.path where s.until is null",
            connection);
        return await PostgresRows.ReadAllAsync(command, static row => row.GetString(0), cancellation);
    }

    /// <summary>
    /// Makes these the indexed paths, within the transaction of a join; returns their ids. Silos that stored messages
    /// with other paths have ended, so their transactions lie below the position at which spans end and begin; the
    /// joining silo stores above it.
    /// </summary>
    public static async Task<IReadOnlyList<int>> RegisterAsync(
        NpgsqlConnection connection, IReadOnlyList<string> pointers, CancellationToken cancellation)
    {
        foreach (var step in Steps)
        {
            await using var command = Command(connection, step, pointers);
            await command.ExecuteNonQueryAsync(cancellation);
        }

        await using var select = Command(
            connection,
            "select p.id from unnest($1) with ordinality w(pointer, n) join indexed_paths p on p.pointer = w.pointer "
            + "order by w.n", pointers);
        return await PostgresRows.ReadAllAsync(select, row => row.GetInt32(0), cancellation);
    }

    /// <summary>The newest spans of these pointers, and the horizon at the same moment.</summary>
    public static async Task<IndexedSpans> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<string> pointers, int limit, CancellationToken cancellation)
    {
        await using var command = Command(
            connection,
            """
            select h.horizon, s.path, s.pointer, s.since, s.until from (select horizon() as horizon) h
            left join lateral (
                select s.*, p.pointer from indexed_paths p join indexed_spans s on s.path = p.id
                where p.pointer = any($1) order by s.since desc limit $2
            ) s on true
            """,
            pointers);
        command.Parameters.Add(RoundChanges.Long(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (horizon, spans) = (Position.Start, new List<IndexedSpan>());
        while (await reader.ReadAsync(cancellation))
        {
            horizon = new Position(reader.GetInt64(0));
            if (!reader.IsDBNull(1))
            {
                spans.Add(
                    new IndexedSpan(
                        reader.GetInt32(1), reader.GetString(2), new Position(reader.GetInt64(3)),
                        reader.IsDBNull(4) ? null : new Position(reader.GetInt64(4))));
            }
        }

        return new IndexedSpans(horizon, spans);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, IReadOnlyList<string> pointers)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(
            new NpgsqlParameter<string[]>
            {
                TypedValue = [.. pointers],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            });
        return command;
    }
}
