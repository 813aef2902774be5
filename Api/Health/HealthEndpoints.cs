using Microsoft.AspNetCore.Http;
using Tributary.Api.Json;

namespace Tributary.Api.Health;

public sealed record HealthBody(string Status);

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it takes messages.</summary>
internal sealed class HealthEndpoints(ApiNode node)
{
    public static Task LiveAsync(HttpContext context) => ApiJson.WriteAsync(context, new HealthBody("live"), ApiJson.Default.HealthBody);

    public Task ReadyAsync(HttpContext context)
    {
        if (!node.IsReady())
            throw new TributaryException("not_ready", "The silo is joining or stopping.");
        if (node.Refusal() is { } refusal)
            throw new TributaryException(refusal.Code, refusal.Message);
        return ApiJson.WriteAsync(context, new HealthBody("ready"), ApiJson.Default.HealthBody);
    }
}
