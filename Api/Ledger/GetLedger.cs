using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Storage.Ledger;

namespace Tributary.Api.Ledger;

/// <summary>The counts of messages by status.</summary>
public sealed record LedgerBody(
    long Accepted,
    long Completed,
    long Skipped,
    long Processing,
    long Retrying,
    long Parked,
    [property: Description(
        "True when accepted = completed + skipped + processing + retrying + parked, in total and by source.")]
        bool Balances,
    IReadOnlyDictionary<string, LedgerLine> BySource,
    [property: Description("The same counted from the rows in the same snapshot; null unless verify=true.")]
        LedgerLine? Recount,
    [property: Description("True when the recount equals the sums; null unless verify=true.")] bool? Matches);

public sealed record LedgerLine(
    long Accepted, long Completed, long Skipped, long Processing, long Retrying, long Parked);

/// <summary>
/// <c>GET /ledger</c>: proves that nothing is lost; with <c>verify=true</c> by counting the rows again.
/// </summary>
internal sealed class GetLedger(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var verify = new Parameters(context.Request, "verify").Flag("verify");
        var report = await node.Ledger.ReadLedgerAsync(verify, context.RequestAborted);
        var total = report.Total;
        var body = new LedgerBody(
            total.Accepted, total.Completed, total.Skipped, total.Processing, total.Retrying, total.Parked,
            total.Balances && report.BySource.Values.All(counts => counts.Balances),
            report.BySource.ToDictionary(source => source.Key, source => LineOf(source.Value)),
            report.Recounted is { } recounted ? LineOf(recounted) : null,
            report.Recounted is { } counted ? counted == total : null);
        await ApiJson.WriteAsync(context, body, ApiJson.Default.LedgerBody);
    }

    private static LedgerLine LineOf(LedgerCounts counts) =>
        new(counts.Accepted, counts.Completed, counts.Skipped, counts.Processing, counts.Retrying, counts.Parked);
}
