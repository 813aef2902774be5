using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Rounds.Reports;

namespace Tributary.Api.Cluster;

/// <summary>
/// <c>POST /cluster/drain</c> and <c>POST /cluster/uncordon</c>: has a silo give its partitions, and own some again.
/// The answer does not wait for the moves.
/// </summary>
internal sealed class CordonSilo(ApiNode node)
{
    public Task DrainAsync(HttpContext context) => CordonAsync(context, isCordoned: true);

    public Task UncordonAsync(HttpContext context) => CordonAsync(context, isCordoned: false);

    private async Task CordonAsync(HttpContext context, bool isCordoned)
    {
        var parameters = new Parameters(context.Request, "silo");
        // A silo that is asked speaks of itself.
        var silo = !parameters.Has("silo") && node.Cordons.Own is { } own
            ? own : new SiloId(parameters.RequiredNumber("silo", 1, long.MaxValue));
        await node.Cordons.CordonAsync(silo, isCordoned, context.RequestAborted);
        var cluster = ClusterBody.Of(await node.Cluster.ReadAsync(context.RequestAborted));
        await ApiJson.WriteAsync(
            context, cluster.Silos.FirstOrDefault(one => one.Id == silo.Value) ?? throw SiloCordons.NotFound(silo),
            ApiJson.Default.SiloBody);
    }
}
