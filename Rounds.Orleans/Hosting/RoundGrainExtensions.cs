using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.GrainReferences;
using Orleans.Metadata;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Reminders;
using Tributary.Rounds.Orleans.Feed;
using Tributary.Rounds.Orleans.Kinds;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Orleans.References;
using Tributary.Rounds.Orleans.Reminders;
using Tributary.Rounds.Orleans.Silos;
using Tributary.Rounds.Reports;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>Adds round grains to an Orleans silo or client.</summary>
public static class RoundGrainExtensions
{
    /// <summary>
    /// Lets references of this silo, and calls that reach it, into the rounds of the registered
    /// <see cref="RoundEngine"/>, for the grains of the registered <see cref="RoundGrainTypes"/>.
    /// </summary>
    public static ISiloBuilder AddRoundGrains(this ISiloBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RoundKind>();
        // Before Orleans' own provider, which names every class that implements a grain interface.
        services.Insert(0, ServiceDescriptor.Singleton<IGrainTypeProvider>(Kind));
        services.AddSingleton<IGrainPropertiesProvider>(Kind);
        services.AddSingleton<IConfigureOptions<GrainTypeOptions>>(Kind);
        // Before Orleans' own component, which gives an activator to types that have none yet.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureGrainTypeComponents>(Kind));
        // The first of all filters: the application's filters run where the turn runs, once.
        services.Insert(0, ServiceDescriptor.Singleton<IIncomingGrainCallFilter, ForwardingFilter>());
        services.AddSingleton<IncomingCalls>();
        services.AddPlacementDirector<RendezvousPlacement, RendezvousDirector>();
        services.AddSingleton(static provider => new RoundRouter(
            provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RoundRouter>>(), provider.GetRequiredService<IncomingCalls>()));
        services.AddSingleton<LeavingSilos>();
        services.TryAddSingleton<IPartitionHomes, RendezvousHomes>();
        services.AddSingleton<SiloWatch>();
        services.AddSingleton<PartitionPlacement>();
        services.AddGrainService<SiloPartitions>();
        services.AddGrainService<SiloReports>();
        // Orleans tells of the start and the stop of each grain service under the name of its class.
        services.AddLogging(static logging => logging
            .AddFilter(typeof(SiloPartitions).FullName, LogLevel.Warning)
            .AddFilter(typeof(SiloReports).FullName, LogLevel.Warning));
        services.AddSingleton<SiloPartitionsClient>();
        services.AddSingleton<SiloReportsClient>();
        services.AddSingleton<MoveLog>();
        services.AddSingleton<HandOvers>();
        services.AddSingleton<PartitionMoves>();
        services.AddSingleton<PartitionWatch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            static provider => provider.GetRequiredService<PartitionWatch>());
        AddReferences(services);
        return builder;
    }

    /// <summary>
    /// Carries the changes and commits of all silos to the feeds of each, for the registered <see cref="NodeChanges"/>,
    /// <see cref="ChangeWatch"/> and <see cref="FeedTail"/>. After <see cref="AddRoundGrains"/>.
    /// </summary>
    public static ISiloBuilder AddFeedLinks(this ISiloBuilder builder)
    {
        var services = builder.Services;
        builder.AddGrainService<SiloChanges>();
        services.AddLogging(static logging => logging.AddFilter(typeof(SiloChanges).FullName, LogLevel.Warning));
        services.AddSingleton<SiloChangesClient>();
        services.AddSingleton<ChangeLinks>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            static provider => provider.GetRequiredService<ChangeLinks>());
        return builder;
    }

    /// <summary>
    /// Lets references of this client to round grains go to their partitions directly. Without it, calls take the way
    /// over an activation that sends them on.
    /// </summary>
    public static IClientBuilder AddTributaryClient(this IClientBuilder builder)
    {
        builder.Services.TryAddSingleton(static provider =>
            new ClusterConnection(provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IClusterConnectionStatusObserver>(static provider =>
            provider.GetRequiredService<ClusterConnection>());
        builder.Services.AddSingleton(static provider => new RoundRouter(
            provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RoundRouter>>(), local: null,
            provider.GetRequiredService<ClusterConnection>()));
        AddReferences(builder.Services);
        return builder;
    }

    private static void AddReferences(IServiceCollection services)
    {
        services.AddSingleton<GeneratedProxies>();
        services.AddSingleton<IPreciseReminders, PreciseReminders>();
        // Orleans asks its providers in the order of their registration, and takes the first answer.
        services.Insert(0, ServiceDescriptor.Singleton<IGrainReferenceActivatorProvider, RoundReferenceProvider>());
    }

    private static RoundKind Kind(IServiceProvider services) => services.GetRequiredService<RoundKind>();
}
