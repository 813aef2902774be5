using Tributary.Storage.Queries;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// One statement's worth of a search. A row's columns are decoded when they are needed: a row that does not match costs its position and
/// the columns that told so, and its body is looked at where it lies.
/// </summary>
internal static class SqliteScan
{
    public static ScanChunk Read(SqliteConnection connection, ScanRange range) =>
        range.Filter.Items is { } items ? ReadItems(connection, range, items) : ReadRange(connection, range);

    private static ScanChunk ReadRange(SqliteConnection connection, ScanRange range)
    {
        var chunk = new ScanChunk(range);
        var select = connection.Prepare(
                $"select {SqliteMessageLog.Columns} from messages where position > ? and position < ? order by position {range.Direction} limit ?")
            .Bind(range.After).Bind(range.Before).Bind(range.AskCount);
        while (select.Step())
        {
            if (Look(chunk, range.Filter, select))
                continue;

            select.Reset();
            break;
        }

        return chunk;
    }

    /// <summary>Of the next rows of each item, found in the index alone, the first of all are the next of all items together.</summary>
    private static ScanChunk ReadItems(SqliteConnection connection, ScanRange range, string[] items)
    {
        var chunk = new ScanChunk(range);
        var positions = new List<long>();
        var entries = connection.Prepare(
            $"""
            select position from messages indexed by messages_by_item
            where item = ? and position > ? and position < ? order by position {range.Direction} limit ?
            """);
        foreach (var item in items)
        {
            entries.Bind(item).Bind(range.After).Bind(range.Before).Bind(range.AskCount);
            while (entries.Step())
                positions.Add(entries.Int64(0));
        }

        positions.Sort();
        if (range.NewestFirst)
            positions.Reverse();
        var select = connection.Prepare($"select {SqliteMessageLog.Columns} from messages where position = ?");
        foreach (var position in positions.Take(range.AskCount))
        {
            select.Bind(position).Step();
            var isTaken = Look(chunk, range.Filter, select);
            select.Reset();
            if (!isTaken)
                break;
        }

        return chunk;
    }

    private static bool Look(ScanChunk chunk, RowFilter filter, SqliteStatement row)
    {
        if (!chunk.Take(row.Int64(0)))
            return false;

        if ((filter.Sources is null || filter.Sources.Contains(row.Text(2))) && filter.AcceptsTime(row.Int64(5)) && filter.AcceptsBody(row.Span(7)))
            chunk.Add(SqliteMessageLog.Read(row));
        return true;
    }
}
