using Npgsql;
using NpgsqlTypes;
using Tributary.Messages;
using Tributary.Storage.Postgres.Indexing;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Postgres.Messages;

/// <summary>
/// The statements of a search. Each reads a bounded number of rows in the order of their positions. For rows whose
/// source, item or time does not match, the server neither reads nor sends the body.
/// </summary>
internal sealed class PostgresScan(PostgresReaders readers) : IMessageRows
{
    private const string Range = "position > $1 and position < least($2, horizon())";

    public ValueTask<ScanChunk> ReadAsync(ScanRange range, CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            var chunk = new ScanChunk(range);
            await using var command = Command(connection, range);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                if (!chunk.Take(reader.GetInt64(0)))
                    break;
                if (reader.IsDBNull(PostgresMessages.BodyColumn))
                    continue;

                var message = PostgresMessages.Read(reader, 0);
                if (range.Filter.AcceptsBody(message.Body.Span))
                    chunk.Add(message);
            }

            return chunk;
        },
        cancellation);

    public ValueTask<IndexedSpans> ReadSpansAsync(
        IReadOnlyList<string> pointers, int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            connection => PostgresIndexedPaths.ReadAsync(connection, pointers, limit, cancellation), cancellation);

    public ValueTask<int> CountAsync(
        ScanSource source, long after, long before, int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = PostgresRows.Command(connection, "", after, before, limit);
                command.CommandText = $"select count(*)::int from (select {Entries(command, source, "")} limit $3) p";
                return (int)(await command.ExecuteScalarAsync(cancellation))!;
            },
            cancellation);

    public ValueTask<IReadOnlyList<long>> ReadPositionsAsync(
        KeyRange range, int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = Command(connection, range, limit);
                return await PostgresRows.ReadAllAsync(command, row => row.GetInt64(0), cancellation);
            },
            cancellation);

    /// <summary>The statement that reads the rows of a range.</summary>
    internal static NpgsqlCommand Command(NpgsqlConnection connection, ScanRange range)
    {
        var filter = range.Filter;
        var command = PostgresRows.Command(connection, "", range.After, range.Before, range.AskCount);
        var from = From(command, range);
        var checks = new List<string>();
        if (filter.Sources is { } sources)
            checks.Add($"m.source = any({Add(command, Texts([.. sources]))})");
        if (filter.Items is { } items && range.Source is not ScanSource.OfItems)
            checks.Add($"m.item = any({Add(command, Texts(items))})");
        if (filter.FromTicks is { } fromTicks)
            checks.Add($"m.received_at >= {Add(command, RoundChanges.Long(fromTicks))}");
        if (filter.UntilTicks is { } untilTicks)
            checks.Add($"m.received_at < {Add(command, RoundChanges.Long(untilTicks))}");

        if (filter.Statuses is { } statuses)
            checks.Add(
                "coalesce((select min(s.status) from pending s where s.position = m.position), 0) in "
                + $"({Numbers(statuses)})");

        var columns =
            checks.Count == 0
                ? PostgresMessages.Columns
                : PostgresMessages.Columns.Replace(
                    "m.body", $"case when {string.Join(" and ", checks)} then m.body end", StringComparison.Ordinal);
        command.CommandText = $"select {columns} {from} order by m.position {range.Direction} limit $3";
        return command;
    }

    /// <summary>
    /// The statement that reads entries of a range of keys. They come in the order of the index, so that the server
    /// reads no more of it than is requested.
    /// </summary>
    internal static NpgsqlCommand Command(NpgsqlConnection connection, KeyRange range, int limit)
    {
        var command = new NpgsqlCommand(
            "select position from indexed_values where path = $1 and key >= $2 and key < $3 order by path, key, "
            + "position limit $4", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = range.Path });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = range.Low });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = range.High });
        command.Parameters.Add(RoundChanges.Long(limit));
        return command;
    }

    private static string From(NpgsqlCommand command, ScanRange range) => range.Source switch
    {
        ScanSource.AllRows => $"from messages m where {Range}",
        ScanSource.AtPositions at =>
            $"from unnest({Add(command, new NpgsqlParameter<long[]> { TypedValue = [.. range.Next(at.Positions)] })}) "
            + $"p(at) join messages m on m.position = p.at where {Range}",
        // The next rows in order: the first of the next rows of each item or value, found in the index alone. One
        // message may hold several of the values.
        var source => $"""
            from (
                select position from (select {Entries(command, source, $"order by position {range.Direction}")}) e
                group by position order by position {range.Direction} limit $3
            ) p join messages m on m.position = p.position
            """,
    };

    /// <summary>The entries of each item or value in the range, at most $3; goes behind <c>select</c>.</summary>
    private static string Entries(NpgsqlCommand command, ScanSource source, string order)
    {
        var (wanted, table) = source switch
        {
            ScanSource.OfItems of => (
                $"unnest({Add(command, Texts(of.Items))}) w(item)", "messages where item = w.item"),
            ScanSource.OfValues of => (
                $"unnest({Add(command, Paths(of))}, {Add(command, Keys(of))}) w(path, key)",
                "indexed_values where path = w.path and key = w.key"),
            ScanSource.OfStatuses { Statuses: null } => ("(values (0)) w(status)", "pending where true"),
            // The condition repeats that of the partial index, which the planner cannot infer.
            ScanSource.OfStatuses of => (
                $"unnest(array[{Numbers(of.Statuses)}]::int[]) w(status)",
                "pending where status = w.status and status <> 1"),
            _ => throw new ArgumentException($"{source} has no index.", nameof(source)),
        };
        // A message with several parts is one entry.
        var group = source is ScanSource.OfStatuses ? "group by position" : "";
        return $"p.position from {wanted} cross join lateral (select position from {table} and {Range} {group} {order} "
            + "limit $3) p";
    }

    private static string Numbers(IEnumerable<MessageStatus> statuses) =>
        string.Join(", ", statuses.Select(status => (int)status));

    private static NpgsqlParameter Paths(ScanSource.OfValues of) =>
        new NpgsqlParameter<int[]> { TypedValue = Array.ConvertAll(of.Values, value => value.Path) };

    private static NpgsqlParameter Keys(ScanSource.OfValues of) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>[]>
        {
            TypedValue = Array.ConvertAll(of.Values, value => value.Key),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        };

    private static NpgsqlParameter Texts(string[] texts) =>
        new NpgsqlParameter<string[]> { TypedValue = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static string Add(NpgsqlCommand command, NpgsqlParameter parameter)
    {
        command.Parameters.Add(parameter);
        return $"${command.Parameters.Count}";
    }
}
