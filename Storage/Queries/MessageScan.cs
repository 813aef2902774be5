using Tributary.Storage.Messages;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Queries;

/// <summary>
/// A search as a sequence of short reads, each of which goes on where the one before ended. Each read is one snapshot
/// with its own horizon. Below a horizon nothing changes, so together the reads are as good as one snapshot.
/// </summary>
internal sealed class MessageScan
{
    private readonly MessageQuery query;
    private readonly IMessageRows rows;
    private readonly RowFilter filter;
    private readonly List<StoredMessage> matches = [];
    private long bytes;
    private int scanned;
    private Position? scannedTo;

    private MessageScan(MessageQuery query, IMessageRows rows)
    {
        this.query = query;
        this.rows = rows;
        filter = new RowFilter(query.Filter);
    }

    private bool IsFull =>
        matches.Count >= query.Limit || scanned >= query.MaxScanCount || bytes >= QueryLimits.MaxMatchBytes;

    public static async ValueTask<MessageMatches> RunAsync(
        MessageQuery query, IMessageRows rows, CancellationToken cancellation)
    {
        var scan = new MessageScan(query, rows);
        var isComplete = scan.filter.IsEmpty || await scan.RunAsync(cancellation);
        return new MessageMatches(scan.matches, scan.scannedTo, isComplete, scan.scanned);
    }

    /// <summary>True when the search reached the end.</summary>
    private async ValueTask<bool> RunAsync(CancellationToken cancellation)
    {
        foreach (var piece in await PiecesAsync(cancellation))
        {
            if (IsFull)
                return false;

            var source = await SourceChoice.OfAsync(
                filter, query.Filter.Body, piece, query.NewestFirst, rows, cancellation);
            if (!await RunAsync(piece, source, cancellation))
                return false;
        }

        return true;
    }

    /// <summary>The pieces, in the query's direction.</summary>
    private async ValueTask<IReadOnlyList<SearchPiece>> PiecesAsync(CancellationToken cancellation)
    {
        var whole = new SearchPiece(
            query.After?.Value ?? -1, query.Before?.Value ?? long.MaxValue, new Dictionary<string, int>());
        var pointers = query.Filter.Body is { } body
            ? IndexChoices.PointersOf(body).Where(StorableText.Fits).Take(QueryLimits.MaxSearchedPathCount).ToList()
            : [];
        if (pointers.Count == 0)
            return [whole];

        var spans = await rows.ReadSpansAsync(pointers, QueryLimits.MaxIndexedSpanCount, cancellation);
        if (spans.Rows.Count == 0)
            return [whole];

        var pieces = spans.Cut(whole.After, whole.Before).ToList();
        if (query.NewestFirst)
            pieces.Reverse();
        return pieces;
    }

    private async ValueTask<bool> RunAsync(SearchPiece piece, ScanSource source, CancellationToken cancellation)
    {
        var (after, before) = (piece.After, piece.Before);
        var count = FirstRowCount(source);
        while (!IsFull)
        {
            cancellation.ThrowIfCancellationRequested();
            var range = new ScanRange(
                filter, source, after, before, query.NewestFirst, Math.Min(count, query.MaxScanCount - scanned),
                query.Limit - matches.Count, QueryLimits.MaxMatchBytes - bytes);
            var chunk = await rows.ReadAsync(range, cancellation);
            matches.AddRange(chunk.Matches);
            bytes += chunk.MatchBytes;
            scanned += chunk.ScannedCount;
            scannedTo = chunk.ScannedTo ?? scannedTo;
            if (!chunk.HasMore)
                return true;

            if (chunk.ScannedTo is { } reached)
                (after, before) = query.NewestFirst ? (after, reached.Value) : (reached.Value, before);
            count = Math.Min(count * QueryLimits.ChunkGrowth, MaxRowCount(source));
        }

        return false;
    }

    /// <summary>The rows of the first read: when every row matches, as many as the query wants.</summary>
    private int FirstRowCount(ScanSource source) => Math.Min(
        filter.ChecksRows ? Math.Max(query.Limit, QueryLimits.FirstChunkRowCount) : query.Limit, MaxRowCount(source));

    private static int MaxRowCount(ScanSource source) =>
        Math.Clamp(QueryLimits.MaxIndexEntryCount / source.LookupCount, 1, QueryLimits.MaxChunkRowCount);
}
