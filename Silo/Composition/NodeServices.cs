using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Cluster;
using Tributary.Silo.Hosting.Engine;
using Tributary.Silo.Hosting.Generations;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Composition;

/// <summary>A node of either role. The parts of a node follow in the order in which messages meet them.</summary>
internal static class NodeServices
{
    /// <summary>The role silo: an engine inside the Orleans silo, and the services around it.</summary>
    public static ISiloBuilder AddTributaryNode(this ISiloBuilder silo, SiloConfig config)
    {
        if (!config.Roles.HasFlag(Roles.Silo))
            throw new ArgumentException(
                "Found a configuration without the role silo; allowed: one with it.", nameof(config));
        silo.Services
            .AddTributaryCommons(config)
            .AddTributaryEngine()
            .AddTributaryDefinitions()
            .AddHostedService<SiloService>()
            // After the services that the first step of the stop ends, so that no service of the node is stopped before
            // that step.
            .AddTributaryStop();
        return silo.AddRoundGrains().AddFeedLinks().AddOrdinaryGrains().EndInOrder();
    }

    /// <summary>The role api alone, without a cluster: it reads what is stored.</summary>
    public static IServiceCollection AddTributaryReader(this IServiceCollection services, SiloConfig config) => services
        .AddTributaryCommons(config)
        .AddHostedService<ReaderService>()
        .AddTributaryStop();

    /// <summary>The role api alone in a cluster: silos work for it.</summary>
    public static IServiceCollection AddTributaryApiNode(this IServiceCollection services, SiloConfig config) =>
        services
            .AddTributaryCommons(config)
            .AddSingleton<ClusterLink>()
            // The link tells once, and not with each look, that there is no gateway.
            .AddLogging(static logging => logging.AddFilter("Orleans.Messaging.GatewayManager", LogLevel.Error))
            .AddHostedService<ClientService>()
            .AddTributaryStop();

    private static IServiceCollection AddTributaryCommons(this IServiceCollection services, SiloConfig config)
    {
        if (services.Any(static service => service.ServiceType == typeof(SiloConfig)))
            throw new InvalidOperationException("Found a host that runs Tributary already; allowed: once in a host.");
        return services
            .AddSingleton(config)
            // Each object is the result of one step of the start; services that need it take it from there.
            .AddSingleton(typeof(AfterStart<>))
            .AddTributaryWatch()
            .AddTributaryStore()
            .AddTributaryFeed()
            .AddSingleton<DefinitionsLook>()
            .AddTributaryDoors();
    }
}
