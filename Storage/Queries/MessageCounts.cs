using Tributary.Runtime.Store;

namespace Tributary.Storage.Queries;

/// <summary>Counts that the running totals know: all messages from the tallies of the silos, those of sources from the ledger.</summary>
internal static class MessageCounts
{
    public static async ValueTask<long?> CountAsync(IMessageLog log, MessageFilter filter, CancellationToken cancellation)
    {
        if (filter.Items is not null || filter.From is not null || filter.Until is not null || filter.Body is not null)
            return null;
        if (filter.Sources is null)
            return await log.CountBelowAsync(new Position(long.MaxValue), cancellation);

        var ledger = await log.ReadLedgerAsync(recount: false, cancellation);
        return filter.Sources.Distinct(StringComparer.Ordinal)
            .Sum(source => ledger.BySource.TryGetValue(source, out var counts) ? counts.Accepted : 0);
    }
}
