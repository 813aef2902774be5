using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Postgres;

/// <summary>
/// One statement of a search. It looks at a bounded number of rows in the order of their positions; of those whose source or time does not
/// match the server sends no body, and reads none.
/// </summary>
internal static class PostgresScan
{
    private const string Range = "position > $1 and position < least($2, horizon())";

    public static async Task<ScanChunk> ReadAsync(NpgsqlConnection connection, ScanRange range, CancellationToken cancellation)
    {
        var chunk = new ScanChunk(range);
        await using var command = Command(connection, range);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!chunk.Take(reader.GetInt64(0)))
                break;
            if (reader.IsDBNull(PostgresMessageLog.BodyColumn))
                continue;

            var message = PostgresMessageLog.Read(reader, 0);
            if (range.Filter.AcceptsBody(message.Body.Span))
                chunk.Add(message);
        }

        return chunk;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, ScanRange range)
    {
        var filter = range.Filter;
        var command = PostgresMessageLog.Command(connection, "", range.After, range.Before, range.AskCount);
        var from = filter.Items is { } items ? FromItems(Add(command, Texts(items)), range.Direction) : $"from messages m where {Range}";
        var checks = new List<string>();
        if (filter.Sources is { } sources)
            checks.Add($"m.source = any({Add(command, Texts([.. sources]))})");
        if (filter.FromTicks is { } fromTicks)
            checks.Add($"m.received_at >= {Add(command, RoundChanges.Long(fromTicks))}");
        if (filter.UntilTicks is { } untilTicks)
            checks.Add($"m.received_at < {Add(command, RoundChanges.Long(untilTicks))}");

        var columns = checks.Count == 0
            ? PostgresMessageLog.Columns
            : PostgresMessageLog.Columns.Replace("m.body", $"case when {string.Join(" and ", checks)} then m.body end", StringComparison.Ordinal);
        command.CommandText = $"select {columns} {from} order by m.position {range.Direction} limit $3";
        return command;
    }

    /// <summary>Of the next rows of each item, found in the index alone, the first of all are the next of all items together.</summary>
    private static string FromItems(string items, string direction) =>
        $"""
        from (
            select p.position from unnest({items}) i(item)
            cross join lateral (select position from messages where item = i.item and {Range} order by position {direction} limit $3) p
            order by p.position {direction} limit $3
        ) p join messages m on m.position = p.position
        """;

    private static NpgsqlParameter Texts(string[] texts) =>
        new NpgsqlParameter<string[]> { TypedValue = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static string Add(NpgsqlCommand command, NpgsqlParameter parameter)
    {
        command.Parameters.Add(parameter);
        return $"${command.Parameters.Count}";
    }
}
