using Tributary.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Records;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Records;

/// <summary>Reads rows of <c>records</c>.</summary>
internal sealed class SqliteRecords(SqliteReaders readers) : IRecordReads
{
    private const string Columns =
        "generation, item, key, message_id, position, source, received_at, item_sequence, json";

    public ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation) =>
        RecordSearch.RunAsync(
            query,
            (items, from, chunk) =>
                readers.ReadAsync(
                    connection => Read(connection, query.Generation, items, from, chunk()), cancellation),
            cancellation);

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
        IReadOnlyList<string> items,
        IReadOnlyList<int> generations,
        int limitPerItem,
        CancellationToken cancellation
    ) =>
        readers.ReadAsync(
            connection => Find(connection, items.Where(StorableText.Fits), generations, limitPerItem),
            cancellation);

    // The items are in order; null stands for all.
    private static RowChunk<StoredRecord> Read(
        SqliteConnection connection, int generation, string[]? items, RecordMark? after, RowChunk<StoredRecord> chunk)
    {
        if (items is null)
        {
            var start = after is null ? ">=" : ">";
            Fill(
                chunk,
                connection.Prepare(
                    $"select {Columns} from records where generation = ? and (item, key) {start} (?, ?) order by item, "
                    + "key limit ?")
                    .Bind(generation).Bind(after?.Item ?? "").Bind(after?.Key ?? "").Bind(chunk.AskCount));
            return chunk;
        }

        foreach (var item in items)
        {
            var isBegun = after is { } mark && mark.Item == item;
            if (after is { } passed && Utf8Order.Compare(item, passed.Item) < 0)
                continue;

            var select = connection.Prepare(
                $"select {Columns} from records where generation = ? and item = ? and key {(isBegun ? ">" : ">=")} ? "
                + "order by key limit ?")
                .Bind(generation).Bind(item).Bind(isBegun ? after!.Value.Key : "").Bind(chunk.AskCount);
            if (!Fill(chunk, select))
                break;
        }

        return chunk;
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>> Find(
        SqliteConnection connection, IEnumerable<string> items, IReadOnlyList<int> generations, int limitPerItem)
    {
        var found = new Dictionary<string, IReadOnlyList<StoredRecord>>();
        var select = connection.Prepare(
            $"select {Columns} from records where generation = ? and item = ? order by key limit ?");
        foreach (var item in items.Distinct())
        {
            var records = new List<StoredRecord>();
            foreach (var generation in generations.Distinct().Order())
                records.AddRange(
                    SqliteRows.ReadAll(
                        select.Bind(generation).Bind(item).Bind(limitPerItem - records.Count), ReadRow));
            if (records.Count > 0)
                found.Add(item, records);
        }

        return found;
    }

    private static bool Fill(RowChunk<StoredRecord> chunk, SqliteStatement select)
    {
        while (select.Step())
        {
            if (chunk.Take(ReadRow(select)))
                continue;

            select.Reset();
            return false;
        }

        return true;
    }

    private static StoredRecord ReadRow(SqliteStatement row) =>
        new(
            row.Int32(0),
            row.Text(1),
            row.Text(2),
            new MessageReference(
                new MessageId(row.Guid(3)), new Position(row.Int64(4)), row.Text(5), row.Time(6), row.Int64(7)),
            row.Bytes(8));
}
