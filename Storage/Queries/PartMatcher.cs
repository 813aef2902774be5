using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Queries;

/// <summary>A <see cref="PartFilter"/> prepared for rows.</summary>
internal sealed class PartMatcher(PartFilter filter)
{
    private readonly HashSet<MessageStatus>? statuses = filter.Statuses?.ToHashSet();
    private readonly HashSet<string>? sources = filter.Sources?.ToHashSet(StringComparer.Ordinal);
    private readonly HashSet<string>? items = filter.Items?.ToHashSet(StringComparer.Ordinal);
    private readonly HashSet<string>? plugins = filter.Plugins?.ToHashSet(StringComparer.Ordinal);
    private readonly HashSet<ProcessingStep>? steps = filter.Steps?.ToHashSet();

    /// <summary>
    /// The statuses to look up in the index, or null to scan all rows: parts in processing come and go by the thousand,
    /// and only the index of positions holds them.
    /// </summary>
    public IReadOnlyList<MessageStatus>? IndexedStatuses => StatusSet.Indexed(statuses);

    public bool Accepts(StoredPart row) =>
        (statuses is null || statuses.Contains(row.Part.Status))
        && (sources is null || sources.Contains(row.Message.Source))
        && (items is null || items.Contains(row.Item))
        && (plugins is null || plugins.Contains(row.Part.Plugin))
        && (steps is null || steps.Contains(row.Part.Step))
        && !(row.Message.ReceivedAt < filter.From)
        && !(row.Message.ReceivedAt >= filter.Until)
        && (filter.ErrorContains is not { } wanted
            || row.Part.Error?.Contains(wanted, StringComparison.Ordinal) == true);

    /// <summary>Runs a search for parts over reads of one store.</summary>
    public static async ValueTask<PartPage> RunAsync(
        PartFilter filter,
        PartMark? after,
        int limit,
        Func<
            IReadOnlyList<MessageStatus>?,
            PartMark?,
            Func<RowChunk<StoredPart>>,
            ValueTask<RowChunk<StoredPart>>
        > read,
        CancellationToken cancellation)
    {
        var matcher = new PartMatcher(filter);
        var indexed = matcher.IndexedStatuses;
        if (indexed is { Count: 0 })
            return new PartPage([], null, true);

        // A mark may come from a client: one that no row can have still has a place in the order.
        var start = after is { } mark ? mark with { Plugin = StorableText.Clean(mark.Plugin) } : after;
        var scan = new RowScan<StoredPart, PartMark>(
            matcher.Accepts, row => row.Mark, row => row.Part.Error?.Length ?? 0);
        await scan.RunAsync(
            start,
            limit,
            QueryLimits.MaxPartScanCount,
            QueryLimits.MaxChunkRowCount,
            (from, chunk) => read(indexed, from, chunk),
            cancellation);
        return new PartPage(scan.Matches, scan.ScannedTo, scan.IsComplete);
    }
}
