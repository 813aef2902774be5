using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tributary.Api.Health;

/// <summary>
/// The health check of a node: unhealthy while it takes no messages, with the code of <c>docs/errors.md</c>.
/// </summary>
public sealed class NodeHealth(INodeReadiness node) : IHealthCheck
{
    /// <summary>The name of the check.</summary>
    public const string Name = "tributary";

    /// <summary>Adds the check; the host adds an <see cref="INodeReadiness"/>.</summary>
    public static void Add(IServiceCollection services)
    {
        // Two checks of one name would fail the first probe.
        if (services.All(static service => service.ServiceType != typeof(NodeHealth)))
            services.AddSingleton<NodeHealth>().AddHealthChecks().AddCheck<NodeHealth>(Name);
    }

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (!node.IsReady)
            return Unhealthy(new TributaryException("not_ready", "The silo is joining or stopping."));
        return node.Refusal is { } refusal
            ? Unhealthy(new TributaryException(refusal.Code, refusal.Message))
            : HealthCheckResult.Healthy();
    }

    private static HealthCheckResult Unhealthy(TributaryException error) =>
        HealthCheckResult.Unhealthy($"{error.Code}: {error.Message}", error);
}
