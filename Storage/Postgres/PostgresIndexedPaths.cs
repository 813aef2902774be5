using Npgsql;
using NpgsqlTypes;
using Tributary.Runtime.Store;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Postgres;

/// <summary>The rows of indexed paths; see <see cref="IMessageLog.RegisterIndexedPathsAsync"/>.</summary>
internal static class PostgresIndexedPaths
{
    private const string Columns = "p.id, p.pointer, p.since, p.until";

    public static async Task<IReadOnlyList<IndexedPathRow>> RegisterAsync(
        NpgsqlConnection connection, IReadOnlyList<string> pointers, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var alone = new NpgsqlCommand("lock table indexed_paths in share row exclusive mode", connection))
            await alone.ExecuteNonQueryAsync(cancellation);

        // Whoever wrote before the join has ended, so its transactions are below this one, and those that begin after it above. The horizon
        // would not do: a transaction of somebody else may hold it below messages that are there.
        var here = $"pg_current_xact_id()::text::bigint << {Position.IndexBits}";
        await using (var end = new NpgsqlCommand($"update indexed_paths set until = {here} where until is null and pointer <> all($1)", connection))
        {
            end.Parameters.Add(Texts(pointers));
            await end.ExecuteNonQueryAsync(cancellation);
        }

        await using (var begin = new NpgsqlCommand(
            $"""
            insert into indexed_paths(pointer, since) select w.pointer, {here} from unnest($1) with ordinality w(pointer, n)
            where not exists (select from indexed_paths p where p.pointer = w.pointer and p.until is null) order by w.n
            """,
            connection))
        {
            begin.Parameters.Add(Texts(pointers));
            await begin.ExecuteNonQueryAsync(cancellation);
        }

        await using var open = new NpgsqlCommand($"select {Columns} from indexed_paths p where p.until is null", connection);
        var rows = await PostgresMessageLog.ReadAllAsync(open, row => Read(row, 0), cancellation);
        await transaction.CommitAsync(cancellation);
        return [.. pointers.Select(pointer => rows.Single(row => row.Pointer == pointer))];
    }

    /// <summary>The newest spans of these pointers, and the horizon of the same moment.</summary>
    public static async Task<IndexedSpans> ReadAsync(NpgsqlConnection connection, IReadOnlyList<string> pointers, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select h.horizon, {Columns} from (select horizon() as horizon) h
            left join lateral (select * from indexed_paths where pointer = any($1) order by since desc, id desc limit $2) p on true
            """,
            connection);
        command.Parameters.Add(Texts(pointers));
        command.Parameters.Add(RoundChanges.Long(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (horizon, rows) = (Position.Start, new List<IndexedPathRow>());
        while (await reader.ReadAsync(cancellation))
        {
            horizon = new Position(reader.GetInt64(0));
            if (!reader.IsDBNull(1))
                rows.Add(Read(reader, 1));
        }

        return new IndexedSpans(horizon, rows);
    }

    private static IndexedPathRow Read(NpgsqlDataReader row, int first) => new(
        row.GetInt32(first), row.GetString(first + 1), new Position(row.GetInt64(first + 2)),
        row.IsDBNull(first + 3) ? null : new Position(row.GetInt64(first + 3)));

    private static NpgsqlParameter Texts(IReadOnlyList<string> texts) =>
        new NpgsqlParameter<string[]> { TypedValue = [.. texts], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
