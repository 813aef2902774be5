using Tributary.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Sqlite.Indexing;

namespace Tributary.Storage.Sqlite.Messages;

/// <summary>
/// The reads of a search. A column is decoded only when it is needed: a row that does not match costs its position and
/// the columns that were checked, and its body is searched in place.
/// </summary>
internal sealed class SqliteScan(SqliteReaders readers) : IMessageRows
{
    public ValueTask<ScanChunk> ReadAsync(ScanRange range, CancellationToken cancellation) =>
        readers.ReadAsync(connection => Read(connection, range), cancellation);

    public ValueTask<IndexedSpans> ReadSpansAsync(
        IReadOnlyList<string> pointers, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SqliteIndexedPaths.Read(connection, pointers, limit), cancellation);

    public ValueTask<int> CountAsync(
        ScanSource source, long after, long before, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SqliteEntries.Count(connection, source, after, before, limit), cancellation);

    public ValueTask<IReadOnlyList<long>> ReadPositionsAsync(
        KeyRange range, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(connection => SqliteEntries.ReadRange(connection, range, limit), cancellation);

    private static ScanChunk Read(SqliteConnection connection, ScanRange range) => range.Source switch
    {
        ScanSource.AllRows => ReadAll(connection, range),
        ScanSource.AtPositions at => ReadAt(connection, range, range.Next(at.Positions)),
        var source => ReadAt(connection, range, SqliteEntries.Next(connection, source, range)),
    };

    private static ScanChunk ReadAll(SqliteConnection connection, ScanRange range)
    {
        var chunk = new ScanChunk(range);
        var select = connection.Prepare(
                $"select {SqliteMessages.Columns} from messages where position > ? and position < ? order by "
                + $"position {range.Direction} limit ?")
            .Bind(range.After).Bind(range.Before).Bind(range.AskCount);
        while (select.Step())
        {
            if (Look(connection, chunk, range, select))
                continue;

            select.Reset();
            break;
        }

        return chunk;
    }

    private static ScanChunk ReadAt(SqliteConnection connection, ScanRange range, IEnumerable<long> positions)
    {
        var chunk = new ScanChunk(range);
        var select = connection.Prepare($"select {SqliteMessages.Columns} from messages where position = ?");
        foreach (var position in positions)
        {
            select.Bind(position).Step();
            var isTaken = Look(connection, chunk, range, select);
            select.Reset();
            if (!isTaken)
                break;
        }

        return chunk;
    }

    private static bool Look(SqliteConnection connection, ScanChunk chunk, ScanRange range, SqliteStatement row)
    {
        if (!chunk.Take(row.Int64(0)))
            return false;

        var filter = range.Filter;
        if ((filter.Sources is null || filter.AcceptsSource(row.Text(2)))
            && (range.Source is ScanSource.OfItems || filter.Items is null || filter.AcceptsItem(row.Text(3)))
            && filter.AcceptsTime(row.Int64(5))
            && (filter.Statuses is null || filter.Statuses.Contains(StatusOf(connection, row.Int64(0))))
            && filter.AcceptsBody(row.Span(7)))
            chunk.Add(SqliteMessages.Read(row));
        return true;
    }

    private static MessageStatus StatusOf(SqliteConnection connection, long position)
    {
        var select = connection
            .Prepare("select coalesce(min(status), 0) from pending where position = ?")
            .Bind(position);
        select.Step();
        var status = (MessageStatus)select.Int32(0);
        select.Reset();
        return status;
    }
}
