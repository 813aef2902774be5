using Tributary.Storage.Ledger;

namespace Tributary.Api.GraphQL.Operations;

/// <summary>The ledger as the schema shows it.</summary>
internal sealed record LedgerNode(
    LedgerCountsNode Total, IReadOnlyList<SourceLedgerNode> BySource, bool Balances, LedgerCountsNode? Recount,
    bool? Matches)
{
    public static LedgerNode Of(LedgerReport report) =>
        new(
            LedgerCountsNode.Of(report.Total),
            report
                .BySource.OrderBy(source => source.Key, StringComparer.Ordinal)
                .Select(source => new SourceLedgerNode(source.Key, LedgerCountsNode.Of(source.Value)))
                .ToList(),
            report.Total.Balances && report.BySource.Values.All(counts => counts.Balances),
            report.Recounted is { } recounted ? LedgerCountsNode.Of(recounted) : null,
            report.Recounted is { } counted ? counted == report.Total : null);
}

internal sealed record SourceLedgerNode(string Source, LedgerCountsNode Counts);

internal sealed record LedgerCountsNode(
    long Accepted, long Completed, long Skipped, long Processing, long Retrying, long Parked)
{
    public static LedgerCountsNode Of(LedgerCounts counts) =>
        new(counts.Accepted, counts.Completed, counts.Skipped, counts.Processing, counts.Retrying, counts.Parked);
}
