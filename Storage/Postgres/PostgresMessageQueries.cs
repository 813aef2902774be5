using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres;

/// <summary>Searches of what is committed, each one statement or a row of them that say how far they went.</summary>
internal sealed class PostgresMessageQueries(PostgresReaders readers, IMessageLog log) : IMessageQueries
{
    private readonly PostgresScan scan = new(readers);

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        MessageScan.RunAsync(query, scan, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        MessageCounts.CountAsync(log, scan, filter, cancellation);

    public async ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<MessageId, StoredMessage>();
        foreach (var chunk in ids.Chunk(QueryLimits.LookupCount))
        {
            var rows = await QueryAsync(
                $"select {PostgresMessageLog.Columns} from messages m where id = any($1) and position < horizon()",
                row => PostgresMessageLog.Read(row, 0), cancellation,
                new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(chunk, id => id.Value) });
            foreach (var message in rows)
                found[message.Id] = message;
        }

        return found;
    }

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(ItemMessagesQuery query, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresItemMessages.ReadAsync(connection, query, cancellation), cancellation);

    public async ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, LoadedState>();
        // What no table can hold does not exist, and the server must not be asked for it.
        foreach (var chunk in ids.Where(StorableText.Fits).Chunk(QueryLimits.LookupCount))
        {
            var rows = await QueryAsync(
                "select id, version, state from items where id = any($1)",
                ReadItem,
                cancellation,
                new NpgsqlParameter<string[]>
                {
                    TypedValue = chunk,
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                });
            foreach (var (id, state) in rows)
                found[id] = state;
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation)
    {
        var range = ItemRange.Of(after, prefix);
        if (range.IsEmpty)
            return [];

        var parameters = new List<NpgsqlParameter> { RoundChanges.Long(limit), Text(range.Lower) };
        if (range.Upper is { } upper)
            parameters.Add(Text(upper));
        return await QueryAsync(
            $"""
            select id, version, state from items
            where id {(range.IsInclusive ? ">=" : ">")} $2 {(
                range.Upper is null ? "" : "and id < $3")} order by id limit $1
            """,
            ReadItem, cancellation, [.. parameters]);
    }

    public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(
        Guid? before, int limit, CancellationToken cancellation)
    {
        var parameters = new List<NpgsqlParameter> { RoundChanges.Long(limit) };
        if (before is { } id)
            parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return QueryAsync(
            $"""
            select {PostgresFailures.Columns} from failures
            {(before is null ? "" : "where id < $2")} order by id desc limit $1
            """,
            PostgresFailures.Read,
            cancellation, [.. parameters]);
    }

    public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation)
    {
        // A mark may come from outside: one that no row can have still has a place in the order.
        var mark = after with
        {
            Grain = new RoundGrainId(StorableText.Clean(after.Grain.Type), StorableText.Clean(after.Grain.Key)), Name =
                StorableText.Clean(after.Name),
        };
        return readers.RunAsync(
            connection => PostgresLoads.ReadRemindersAsync(
                connection, null, mark, DateTimeOffset.MaxValue, limit, cancellation),
            cancellation);
    }

    private static KeyValuePair<string, LoadedState> ReadItem(NpgsqlDataReader row) =>
        new(row.GetString(0), new LoadedState(row.GetInt32(1), row.GetFieldValue<byte[]>(2)));

    private static NpgsqlParameter Text(string text) => new NpgsqlParameter<string> { TypedValue = text };

    private ValueTask<IReadOnlyList<T>> QueryAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation,
        params NpgsqlParameter[] parameters
    ) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                // A parameter belongs to one command, and after a fault the work is run again with another.
                foreach (var parameter in parameters)
                    command.Parameters.Add(parameter.Clone());
                return await PostgresMessageLog.ReadAllAsync(command, read, cancellation);
            },
            cancellation);
}
