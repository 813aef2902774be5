using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;
using Tributary.Storage.Sqlite.Folds;

namespace Tributary.Storage.Sqlite.Messages;

/// <summary>
/// Reads and searches of stored messages. There is one writer, so all that a
/// read can see lies below the horizon.
/// </summary>
internal sealed class SqliteMessages(SqliteReaders readers, ILedgerReads ledger) : IMessageReads
{
    internal const string Columns =
        "position, id, source, item, item_sequence, received_at, media_type, body, generations";

    private readonly SqliteScan scan = new(readers);

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) =>
        readers.ReadAsync(Horizon, cancellation);

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) =>
        readers.ReadAsync<IReadOnlyList<StoredMessage>>(
            connection =>
            {
                var messages = new List<StoredMessage>();
                var select = connection
                    .Prepare(
                        $"select {Columns} from messages where position < ? order by position desc limit ? offset ?")
                    .Bind(below.Value)
                    .Bind(limit)
                    .Bind(offset);
                while (select.Step())
                    messages.Add(Read(select));
                return messages;
            },
            cancellation);

    public ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) => readers.ReadAsync(
        connection =>
        {
            var messages = new List<StoredMessage>();
            var horizon = Horizon(connection);
            var bytes = 0L;
            var select = connection.Prepare(
                $"select {Columns} from messages where position > ? order by position").Bind(after.Value);
            while (select.Step())
            {
                var message = Read(select);
                bytes += message.Body.Length;
                if (messages.Count >= limit || (messages.Count > 0 && bytes > maxBytes))
                {
                    select.Reset();
                    return new MessageSlice(messages, horizon, false);
                }

                messages.Add(message);
            }

            return new MessageSlice(messages, horizon, true);
        },
        cancellation);

    public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SqliteTallies.CountBelow(connection, below), cancellation);

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) => readers.ReadAsync(
        connection =>
        {
            var select = connection.Prepare($"select {Columns} from messages where id = ?").Bind(id.Value);
            if (!select.Step())
                return null;

            var message = Read(select);
            select.Reset();
            return message;
        },
        cancellation);

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
                SqliteRows.ReadAll(
                        connection
                            .Prepare($"select {Columns} from messages where id = ?")
                            .Bind(id.Value),
                        Read)
                    .SingleOrDefault(),
            cancellation);

    public async ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<MessageId, StoredMessage>();
        // The library runs in this process: a statement per id costs no round trip, and one transaction is one
        // snapshot.
        foreach (var chunk in ids.Chunk(QueryLimits.LookupCount))
        {
            await readers.ReadAsync(
                connection =>
                {
                    var select = connection.Prepare($"select {Columns} from messages where id = ?");
                    foreach (var id in chunk)
                    {
                        select.Bind(id.Value);
                        while (select.Step())
                            found[id] = Read(select);
                    }

                    return found.Count;
                },
                cancellation);
        }

        return found;
    }

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        MessageScan.RunAsync(query, scan, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        MessageCounts.CountAsync(this, ledger, scan, filter, cancellation);

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SqliteItemMessages.Read(connection, query), cancellation);

    internal static Position Horizon(SqliteConnection connection)
    {
        var select = connection.Prepare("select last_transaction from meta");
        select.Step();
        var last = select.Int64(0);
        select.Reset();
        return Position.Of(last + 1, 0);
    }

    internal static StoredMessage Read(SqliteStatement row) =>
        new(
            new Position(row.Int64(0)), new MessageId(row.Guid(1)), row.Text(2), row.Text(3), row.Int64(4), row.Time(5),
            row.Text(6), row.Bytes(7), GenerationList.Read(row.Span(8)));
}
