using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// Searches of what is committed. There is one writer, so all that a read can see lies below the horizon.
/// </summary>
internal sealed class SqliteMessageQueries(SqliteReaders readers, IMessageLog log) : IMessageQueries
{
    private readonly SqliteScan scan = new(readers);

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        MessageScan.RunAsync(query, scan, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        MessageCounts.CountAsync(log, scan, filter, cancellation);

    public async ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<MessageId, StoredMessage>();
        // The library is in the process: a statement per id costs no round trip, and one transaction is one snapshot.
        foreach (var chunk in ids.Chunk(QueryLimits.LookupCount))
        {
            await readers.ReadAsync(
                connection =>
                {
                    var select = connection.Prepare($"select {SqliteMessageLog.Columns} from messages where id = ?");
                    foreach (var id in chunk)
                    {
                        select.Bind(id.Value);
                        while (select.Step())
                            found[id] = SqliteMessageLog.Read(select);
                    }

                    return found.Count;
                },
                cancellation);
        }

        return found;
    }

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(ItemMessagesQuery query, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SqliteItemMessages.Read(connection, query), cancellation);

    public async ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, LoadedState>();
        foreach (var chunk in ids.Where(StorableText.Fits).Chunk(QueryLimits.LookupCount))
        {
            await readers.ReadAsync(
                connection =>
                {
                    var select = connection.Prepare("select version, state from items where id = ?");
                    foreach (var id in chunk)
                    {
                        select.Bind(id);
                        while (select.Step())
                            found[id] = new LoadedState(select.Int32(0), select.Bytes(1));
                    }

                    return found.Count;
                },
                cancellation);
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation)
    {
        var range = ItemRange.Of(after, prefix);
        if (range.IsEmpty)
            return [];

        return await readers.ReadAsync(
            connection =>
            {
                var select = connection.Prepare(
                        $"""
                        select id, version, state from items
                        where id {(range.IsInclusive ? ">=" : ">")} ? {(range.Upper is null ? "" : "and id < ?")} order by id limit ?
                        """)
                    .Bind(range.Lower);
                if (range.Upper is not null)
                    select.Bind(range.Upper);
                select.Bind(limit);
                var items = new List<KeyValuePair<string, LoadedState>>();
                while (select.Step())
                    items.Add(new(select.Text(0), new LoadedState(select.Int32(1), select.Bytes(2))));
                return items;
            },
            cancellation);
    }

    public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(
        Guid? before, int limit, CancellationToken cancellation) =>
        readers.ReadAsync<IReadOnlyList<FailureRow>>(
            connection =>
            {
                var select = connection.Prepare(
                    $"""
                    select {SqliteFailures.Columns} from failures
                    {(before is null ? "" : "where id < ?")} order by id desc limit ?
                    """);
                if (before is { } id)
                    select.Bind(id);
                select.Bind(limit);
                var failures = new List<FailureRow>();
                while (select.Step())
                    failures.Add(SqliteFailures.Read(select));
                return failures;
            },
            cancellation);

    public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection => SqliteReminders.Read(connection, null, after, DateTimeOffset.MaxValue, limit), cancellation);
}
