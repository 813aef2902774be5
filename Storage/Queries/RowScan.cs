namespace Tributary.Storage.Queries;

/// <summary>
/// A search over rows in the order of their marks, as short reads that each go on where the one before ended, as
/// <see cref="MessageScan"/> does over messages.
/// </summary>
internal sealed class RowScan<T, TMark>(Func<T, bool> accepts, Func<T, TMark> markOf, Func<T, long> bytesOf)
    where T : class
    where TMark : struct
{
    public List<T> Matches { get; } = [];

    public int ScannedCount { get; private set; }

    public TMark? ScannedTo { get; private set; }

    /// <summary>True when nothing beyond <see cref="ScannedTo"/> can match.</summary>
    public bool IsComplete { get; private set; }

    /// <param name="limit">How many matches at most.</param>
    /// <param name="maxScanCount">How many rows may be read.</param>
    /// <param name="maxChunkCount">How many rows one statement may read.</param>
    /// <param name="read">
    /// Runs one statement after a mark, in a chunk that it makes itself, so that a run after a fault begins with a new
    /// chunk.
    /// </param>
    public async ValueTask RunAsync(
        TMark? after,
        int limit,
        int maxScanCount,
        int maxChunkCount,
        Func<TMark?, Func<RowChunk<T>>, ValueTask<RowChunk<T>>> read,
        CancellationToken cancellation)
    {
        ScannedTo = null;
        var (bytes, rows) = (0L, Math.Min(QueryLimits.FirstChunkRowCount, maxChunkCount));
        while (Matches.Count < limit && ScannedCount < maxScanCount && bytes < QueryLimits.MaxMatchBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            var (rowCount, matchCount, matchBytes) = (
                Math.Min(rows, maxScanCount - ScannedCount),
                limit - Matches.Count,
                QueryLimits.MaxMatchBytes - bytes);
            var chunk = await read(ScannedTo ?? after, () =>
                new RowChunk<T>(rowCount, matchCount, matchBytes, accepts, bytesOf));
            Matches.AddRange(chunk.Matches);
            bytes += chunk.Matches.Sum(bytesOf);
            ScannedCount += chunk.ScannedCount;
            if (chunk.Last is { } last)
                ScannedTo = markOf(last);
            IsComplete = !chunk.HasMore;
            if (IsComplete)
                return;
            rows = Math.Min(rows * QueryLimits.ChunkGrowth, maxChunkCount);
        }
    }
}
