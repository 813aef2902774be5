using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Postgres.Indexing;

/// <summary>Reads for which positions paths are indexed.</summary>
internal static class PostgresIndexedPaths
{
    /// <summary>The newest spans of these pointers, and the horizon at the same moment.</summary>
    public static async Task<IndexedSpans> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<string> pointers, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select h.horizon, s.path, s.pointer, s.since, s.until from (select horizon() as horizon) h
            left join lateral (
                select s.*, p.pointer from indexed_paths p join indexed_spans s on s.path = p.id
                where p.pointer = any($1) order by s.since desc limit $2
            ) s on true
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. pointers],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
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
}
