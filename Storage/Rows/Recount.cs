using Tributary.Messages;
using Tributary.Storage.Ledger;

namespace Tributary.Storage.Rows;

/// <summary>Combines counts of rows as the ledger counts them: a message that is not pending is completed.</summary>
internal static class Recount
{
    public static LedgerCounts Of(long messages, IReadOnlyDictionary<MessageStatus, long> pending)
    {
        var processing = pending.GetValueOrDefault(MessageStatus.Processing);
        var retrying = pending.GetValueOrDefault(MessageStatus.Retrying);
        var parked = pending.GetValueOrDefault(MessageStatus.Parked);
        var skipped = pending.GetValueOrDefault(MessageStatus.Skipped);
        return new LedgerCounts(
            messages, messages - processing - retrying - parked - skipped, skipped, processing, retrying, parked);
    }

    /// <summary>The report of a ledger given as sums by source.</summary>
    public static LedgerReport Report(IReadOnlyDictionary<string, LedgerCounts> bySource, LedgerCounts? recounted)
    {
        var total = default(LedgerCounts);
        foreach (var counts in bySource.Values)
            total = Add(total, counts);

        return new LedgerReport(total, bySource, recounted);
    }

    public static LedgerCounts Add(LedgerCounts a, LedgerCounts b) => new(
        a.Accepted + b.Accepted, a.Completed + b.Completed, a.Skipped + b.Skipped,
        a.Processing + b.Processing, a.Retrying + b.Retrying, a.Parked + b.Parked);
}
