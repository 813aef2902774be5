using Tributary.Storage.Records;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Queries;

/// <summary>A search for records of one generation, over reads of one store.</summary>
internal static class RecordSearch
{
    /// <param name="read">Reads records after a mark, of these items (in order; null for all items).</param>
    /// <exception cref="TributaryException"><c>pointer_invalid</c>.</exception>
    public static async ValueTask<RecordPage> RunAsync(
        RecordQuery query,
        Func<string[]?, RecordMark?, Func<RowChunk<StoredRecord>>, ValueTask<RowChunk<StoredRecord>>> read,
        CancellationToken cancellation)
    {
        var items = query.Items?.Where(StorableText.Fits).Distinct(StringComparer.Ordinal).ToArray();
        var after = query.After is { } mark
            ? new RecordMark(StorableText.Clean(mark.Item), StorableText.Clean(mark.Key))
            : query.After;
        if (items is not null)
            items =
            [
                .. items
                    .Where(item => after is null || Utf8Order.Compare(item, after.Value.Item) >= 0)
                    .Order(Utf8Order.Instance),
            ];
        var document = query.Document is null ? null : BodyMatcher.Of(query.Document);
        if (items is { Length: 0 })
            return new RecordPage([], null, true, 0);

        var scan = new RowScan<StoredRecord, RecordMark>(
            record => document is null || document.Matches(record.Json.Span),
            record => new RecordMark(record.Item, record.Key),
            record => record.Json.Length);
        var chunkCount = Math.Clamp(
            QueryLimits.MaxIndexEntryCount / (items?.Length ?? 1), 1, QueryLimits.MaxChunkRowCount);
        await scan.RunAsync(
            after,
            query.Limit,
            query.MaxScanCount,
            chunkCount,
            (from, chunk) => read(items, from, chunk),
            cancellation);
        return new RecordPage(scan.Matches, scan.ScannedTo, scan.IsComplete, scan.ScannedCount);
    }
}
