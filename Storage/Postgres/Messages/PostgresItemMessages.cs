using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Postgres.Messages;

/// <summary>The messages of several items in one statement: for each item, the first entries of the index.</summary>
internal static class PostgresItemMessages
{
    public static async Task<IReadOnlyDictionary<string, MessageMatches>> ReadAsync(
        NpgsqlConnection connection, ItemMessagesQuery query, CancellationToken cancellation)
    {
        var found = new ItemMessages(query);
        var direction = query.NewestFirst ? "desc" : "asc";
        await using var command = PostgresRows.Command(
            connection,
            $"""
            select i.n, {PostgresMessages.Columns} from unnest($4) with ordinality i(item, n)
            cross join lateral (
                select * from messages where item = i.item and position > $1 and position < least($2, horizon())
                order by position {direction} limit $3
            ) m order by i.n, m.position {direction}
            """,
            query.After?.Value ?? -1,
            query.Before?.Value ?? long.MaxValue,
            query.LimitPerItem);
        command.Parameters.Add(
            new NpgsqlParameter<string[]>
            {
                TypedValue = found.Items,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (found.TryAdd((int)reader.GetInt64(0) - 1, PostgresMessages.Read(reader, 1)))
                continue;

            // The remaining rows need not be read when the reader closes.
            command.Cancel();
            break;
        }

        return found.ToMatches();
    }
}
