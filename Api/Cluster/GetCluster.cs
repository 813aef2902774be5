using Microsoft.AspNetCore.Http;
using Tributary.Api.Json;

namespace Tributary.Api.Cluster;

/// <summary><c>GET /cluster</c>: who owns what, and how the silos are doing.</summary>
internal sealed class GetCluster(ApiNode node)
{
    public async Task InvokeAsync(HttpContext context) => await ApiJson.WriteAsync(
        context, ClusterBody.Of(await node.Cluster.ReadAsync(context.RequestAborted)), ApiJson.Default.ClusterBody);
}
