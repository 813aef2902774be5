using Npgsql;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.Postgres.Folds;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Messages;

/// <summary>
/// Reads and searches of stored messages, each one statement and so one snapshot: the horizon is of the same moment as
/// the rows. A search is one statement, or a row of them that say how far they went.
/// </summary>
internal sealed class PostgresMessages(PostgresReaders readers, ILedgerReads ledger) : IMessageReads
{
    internal const string Columns =
        "m.position, m.id, m.source, m.item, m.item_sequence, m.received_at, m.media_type, m.body, m.generations";

    /// <summary>The place of the body in <see cref="Columns"/>.</summary>
    internal const int BodyColumn = 7;

    private readonly PostgresScan scan = new(readers);

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("select horizon()", connection);
            return new Position((long)(await command.ExecuteScalarAsync(cancellation))!);
        },
        cancellation);

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) =>
        readers.QueryAsync(
            $"select {Columns} from messages m where position < least($1, horizon()) order by position desc offset $2 "
            + "limit $3",
            row => Read(row, 0),
            cancellation,
            below.Value,
            offset,
            limit);

    public ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            await using var command = PostgresRows.Command(
                connection,
                $"""
                select h.horizon, m.available, {Columns}
                from (select horizon() as horizon) h
                left join lateral (
                    select *, count(*) over () as available,
                        sum(octet_length(body)) over (order by position rows unbounded preceding) as bytes,
                        row_number() over (order by position) as n
                    from (
                        select * from messages where position > $1 and position < h.horizon
                        order by position limit $2::bigint + 1
                    ) one_more
                ) m on m.n <= $2 and (m.n = 1 or m.bytes <= $3)
                order by m.position
                """,
                after.Value, limit, maxBytes);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var messages = new List<StoredMessage>();
            var (horizon, available) = (Position.Start, 0L);
            while (await reader.ReadAsync(cancellation))
            {
                horizon = new Position(reader.GetInt64(0));
                if (reader.IsDBNull(1))
                    continue;
                available = reader.GetInt64(1);
                messages.Add(Read(reader, 2));
            }

            return new MessageSlice(messages, horizon, available == messages.Count);
        },
        cancellation);

    public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) => readers.RunAsync(
        connection => PostgresTallies.CountBelowAsync(connection, below, cancellation), cancellation);

    public async ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) =>
        await readers.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"select {Columns} from messages m where id = $1 and position < horizon()", connection);
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                return await reader.ReadAsync(cancellation) ? Read(reader, 0) : null;
            },
            cancellation);

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"select {Columns} from messages m where id = $1", connection);
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
                return (
                    await PostgresRows.ReadAllAsync(command, row => Read(row, 0), cancellation)).SingleOrDefault();
            },
            cancellation);

    public async ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<MessageId, StoredMessage>();
        foreach (var chunk in ids.Chunk(QueryLimits.LookupCount))
        {
            var rows = await readers.QueryAsync(
                $"select {Columns} from messages m where id = any($1) and position < horizon()",
                row => Read(row, 0), cancellation,
                new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(chunk, id => id.Value) });
            foreach (var message in rows)
                found[message.Id] = message;
        }

        return found;
    }

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        MessageScan.RunAsync(query, scan, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        MessageCounts.CountAsync(this, ledger, scan, filter, cancellation);

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresItemMessages.ReadAsync(connection, query, cancellation), cancellation);

    internal static StoredMessage Read(NpgsqlDataReader row, int first) =>
        new(
            new Position(row.GetInt64(first)), new MessageId(row.GetGuid(first + 1)), row.GetString(first + 2),
            row.GetString(first + 3), row.GetInt64(first + 4), Instant.FromTicks(row.GetInt64(first + 5)),
            row.GetString(first + 6), row.GetFieldValue<byte[]>(first + 7),
            GenerationList.Read(row.GetFieldValue<byte[]>(first + 8)));
}
