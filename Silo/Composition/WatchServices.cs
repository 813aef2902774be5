using Microsoft.Extensions.DependencyInjection.Extensions;
using Tributary.Api.Health;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;
using Tributary.Silo.Hosting.Web;

namespace Tributary.Silo.Composition;

/// <summary>The services that watch faults and background work, and report the state of the node.</summary>
internal static class WatchServices
{
    public static IServiceCollection AddTributaryWatch(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        NodeHealth.Add(services);
        return services
            .AddSingleton<ProcessFault>()
            .AddSingleton<IProcessFaults>(static host => host.GetRequiredService<ProcessFault>())
            .AddSingleton<BackgroundWork>()
            .AddSingleton<NodeBackground>()
            .AddSingleton<NodeState>()
            .AddSingleton<INodeReadiness>(static host => host.GetRequiredService<NodeState>())
            .AddSingleton<Room>();
    }

    public static IServiceCollection AddTributaryStop(this IServiceCollection services) => services
        .AddSingleton<RequestGate>()
        .AddSingleton<NodeStop>()
        .AddHostedService(static host => host.GetRequiredService<NodeStop>());
}
