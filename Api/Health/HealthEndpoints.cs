using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tributary.Api.Json;

namespace Tributary.Api.Health;

public sealed record HealthBody(string Status);

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it takes messages.</summary>
internal sealed class HealthEndpoints(HealthCheckService checks)
{
    public static Task LiveAsync(HttpContext context) =>
        ApiJson.WriteAsync(context, new HealthBody("live"), ApiJson.Default.HealthBody);

    public async Task ReadyAsync(HttpContext context)
    {
        // Only the node's own check runs here; the host serves its other checks itself.
        var report = await checks.CheckHealthAsync(static check => check.Name == NodeHealth.Name,
            context.RequestAborted);
        if (report.Entries[NodeHealth.Name] is { Status: not HealthStatus.Healthy } entry)
            throw entry.Exception ?? new TributaryException("not_ready", "The silo is joining or stopping.");
        await ApiJson.WriteAsync(context, new HealthBody("ready"), ApiJson.Default.HealthBody);
    }
}
