using System.Text.Json;
using Tributary.Messages;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Queries;

/// <summary>
/// Counts that cost no scan: all messages from the tallies of the silos, those of sources from the ledger, those with a
/// value at an indexed path from the index.
/// </summary>
internal static class MessageCounts
{
    public static async ValueTask<long?> CountAsync(
        IMessageReads messages, ILedgerReads ledger, IMessageRows rows, MessageFilter filter,
        CancellationToken cancellation)
    {
        if (filter.Items is not null || filter.From is not null || filter.Until is not null)
            return null;
        if (filter.Body is { } body)
            return filter.Sources is null && filter.Statuses is null && body is BodyCondition.Compare compare
                ? await CountAsync(messages, rows, compare, cancellation)
                : null;
        if (filter.Sources is null && filter.Statuses is null)
            return await messages.CountBelowAsync(new Position(long.MaxValue), cancellation);

        var report = await ledger.ReadLedgerAsync(recount: false, cancellation);
        var counted = filter.Sources is null
            ? [report.Total]
            : filter
                .Sources.Distinct(StringComparer.Ordinal)
                .Select(source => report.BySource.GetValueOrDefault(source))
                .ToArray();
        return counted.Sum(counts =>
            filter.Statuses is null ? counts.Accepted : filter.Statuses.Distinct().Sum(status => Of(counts, status)));
    }

    private static long Of(in LedgerCounts counts, MessageStatus status) => status switch
    {
        MessageStatus.Completed => counts.Completed,
        MessageStatus.Processing => counts.Processing,
        MessageStatus.Retrying => counts.Retrying,
        MessageStatus.Parked => counts.Parked,
        MessageStatus.Skipped => counts.Skipped,
        _ => 0,
    };

    /// <summary>
    /// Known when the path has been indexed since the first message, the keys decide equality, and there are few enough
    /// entries.
    /// </summary>
    private static async ValueTask<long?> CountAsync(
        IMessageReads messages, IMessageRows rows, BodyCondition.Compare compare, CancellationToken cancellation)
    {
        IEnumerable<JsonElement>? operands = compare.Comparison switch
        {
            Comparison.Equal => [compare.Operand],
            Comparison.In when compare.Operand.ValueKind == JsonValueKind.Array => compare.Operand.EnumerateArray(),
            _ => null,
        };
        if (operands is null || !StorableText.Fits(compare.Pointer))
            return null;

        var spans = await rows.ReadSpansAsync([compare.Pointer], 1, cancellation);
        if (spans.Rows is not [{ Until: null } path] || await messages.CountBelowAsync(path.Since, cancellation) > 0)
            return null;

        var values = new Dictionary<string, IndexedValue>();
        foreach (var operand in operands)
        {
            var value = IndexOperands.ValueOf(path.Path, operand, out var isExact);
            if (!isExact || values.Count == QueryLimits.MaxIndexValueCount)
                return null;
            values[Convert.ToHexString(value.Key.Span)] = value;
        }

        var count = await rows.CountAsync(
            new ScanSource.OfValues([.. values.Values]),
            -1,
            spans.Horizon.Value,
            QueryLimits.MaxCountedEntryCount + 1,
            cancellation);
        return count > QueryLimits.MaxCountedEntryCount ? null : count;
    }
}
