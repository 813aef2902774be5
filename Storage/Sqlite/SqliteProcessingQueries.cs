using Tributary.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// Reads of what became of messages. There is one writer, so all that a read can see lies below the horizon.
/// </summary>
internal sealed class SqliteProcessingQueries(SqliteReaders readers) : IProcessingQueries
{
    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
                Rows(
                        connection
                            .Prepare($"select {SqliteMessageLog.Columns} from messages where id = ?")
                            .Bind(id.Value),
                        SqliteMessageLog.Read)
                    .SingleOrDefault(),
            cancellation);

    public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> FindPartsAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation) =>
        LookUpAsync(
            positions,
            $"select position, {SqliteParts.Columns}, changed_at from pending where position = ? order by plugin",
            (select, position) => select.Bind(position.Value),
            (IReadOnlyList<StoredPart>? known, SqliteStatement row) =>
            {
                var parts = known as List<StoredPart> ?? [];
                parts.Add(SqliteParts.ReadPart(row, 0));
                return parts;
            },
            cancellation);

    public ValueTask<PartPage> ReadPartsAsync(
        PartFilter filter, PartMark? after, int limit, CancellationToken cancellation) =>
        PartMatcher.RunAsync(
            filter,
            after,
            limit,
            (statuses, from, chunk) =>
                readers.ReadAsync(connection => SqliteParts.Read(connection, statuses, from, chunk()), cancellation),
            cancellation);

    public ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
            {
                var found = Rows(
                    connection
                        .Prepare(
                            $"select position, message_position, {SqliteParts.Columns}, raised_at from raised where "
                            + "position > ? order by position limit ?")
                        .Bind(after.Value)
                        .Bind((long)limit + 1),
                    row =>
                    {
                        var part = SqliteParts.ReadPart(row, 1);
                        return new RaisedFailure(
                            new Position(row.Int64(0)), part.Message, part.Item, part.Part, part.ChangedAt);
                    });
                return new RaisedSlice(
                    [.. found.Take(limit)], SqliteMessageLog.Horizon(connection), found.Count <= limit);
            },
            cancellation);

    public ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation) =>
        RecordSearch.RunAsync(
            query,
            (items, from, chunk) =>
                readers.ReadAsync(
                    connection => SqliteRecords.Read(connection, query.Generation, items, from, chunk()), cancellation),
            cancellation);

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
        IReadOnlyList<string> items,
        IReadOnlyList<int> generations,
        int limitPerItem,
        CancellationToken cancellation
    ) =>
        readers.ReadAsync(
            connection => SqliteRecords.Find(connection, items.Where(StorableText.Fits), generations, limitPerItem),
            cancellation);

    public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation) =>
        LookUpAsync(
            positions,
            "select list from outcomes where position = ? order by added_at",
            (select, position) => select.Bind(position.Value),
            (IReadOnlyList<Outcome>? known, SqliteStatement row) =>
            {
                var outcomes = known as List<Outcome> ?? [];
                OutcomeList.Read(row.Span(0), outcomes);
                return outcomes;
            },
            cancellation);

    /// <summary>
    /// A statement per key costs no round trip within the process, and one transaction is one snapshot.
    /// </summary>
    private ValueTask<IReadOnlyDictionary<TKey, T>> LookUpAsync<TKey, T>(
        IReadOnlyList<TKey> keys, string sql, Func<SqliteStatement, TKey, SqliteStatement> bind, Func<T?, SqliteStatement, T> add, CancellationToken cancellation)
        where TKey : notnull => readers.ReadAsync<IReadOnlyDictionary<TKey, T>>(
        connection =>
        {
            var found = new Dictionary<TKey, T>();
            var select = connection.Prepare(sql);
            foreach (var key in keys.Distinct())
            {
                bind(select, key);
                while (select.Step())
                    found[key] = add(found.GetValueOrDefault(key), select);
            }

            return found;
        },
        cancellation);

    internal static List<T> Rows<T>(SqliteStatement select, Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        while (select.Step())
            rows.Add(read(select));
        return rows;
    }
}
