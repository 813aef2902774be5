using Tributary.Runtime.Store;

namespace Tributary.Storage.Queries;

/// <summary>
/// A search as a row of short reads, each going on where the one before ended. Each is one snapshot with its own horizon; below a
/// horizon nothing changes, so together they are as good as one.
/// </summary>
internal static class MessageScan
{
    public static async ValueTask<MessageMatches> RunAsync(
        MessageQuery query, Func<ScanRange, ValueTask<ScanChunk>> read, CancellationToken cancellation)
    {
        var filter = new RowFilter(query.Filter);
        var (after, before) = (query.After?.Value ?? -1, query.Before?.Value ?? long.MaxValue);
        var matches = new List<StoredMessage>();
        if (filter.IsEmpty)
            return new MessageMatches(matches, null, true, 0);

        var rows = FirstRowCount(filter, query.Limit);
        var (bytes, scanned, scannedTo) = (0L, 0, default(Position?));
        while (matches.Count < query.Limit && scanned < query.MaxScanCount && bytes < QueryLimits.MaxMatchBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            var chunk = await read(new ScanRange(
                filter, after, before, query.NewestFirst, Math.Min(rows, query.MaxScanCount - scanned),
                query.Limit - matches.Count, QueryLimits.MaxMatchBytes - bytes));
            matches.AddRange(chunk.Matches);
            bytes += chunk.MatchBytes;
            scanned += chunk.ScannedCount;
            scannedTo = chunk.ScannedTo ?? scannedTo;
            if (!chunk.HasMore)
                return new MessageMatches(matches, scannedTo, true, scanned);

            if (scannedTo is { } reached)
                (after, before) = query.NewestFirst ? (after, reached.Value) : (reached.Value, before);
            rows = Math.Min(rows * QueryLimits.ChunkGrowth, MaxRowCount(filter));
        }

        return new MessageMatches(matches, scannedTo, false, scanned);
    }

    /// <summary>When every row matches, as many as are wanted are enough.</summary>
    private static int FirstRowCount(RowFilter filter, int limit) => Math.Min(
        filter.ChecksRows ? Math.Max(limit, QueryLimits.FirstChunkRowCount) : limit, MaxRowCount(filter));

    private static int MaxRowCount(RowFilter filter) =>
        Math.Clamp(QueryLimits.MaxIndexEntryCount / (filter.Items?.Length ?? 1), 1, QueryLimits.MaxChunkRowCount);
}
