using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using Tributary.Rounds.Orleans.States;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>Keeps what ordinary grains have in Tributary's database.</summary>
public static class GrainStorageExtensions
{
    /// <summary>The name of the grain storage, the stream provider and all else that Orleans finds by a name.</summary>
    public const string Name = "tributary";

    /// <summary>The name under which Orleans' streams keep their subscriptions.</summary>
    public const string PubSubStore = "PubSubStore";

    /// <summary>
    /// What ordinary grains need: a grain storage under the names <c>tributary</c>, <c>Default</c> and
    /// <c>PubSubStore</c>, and Orleans' reminders. A host that has its own under one of these names keeps it.
    /// </summary>
    public static ISiloBuilder AddOrdinaryGrains(this ISiloBuilder builder)
    {
        foreach (var name in (string[])[Name, ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, PubSubStore])
            builder.AddTributaryGrainStorage(name);
        return builder.UseTributaryReminders();
    }

    /// <summary>
    /// Adds a grain storage under a name, on the registered <see cref="IGrainStates"/>. A state is found by its grain
    /// and its own name: the name of the storage only chooses the options. Changes nothing but options when there is a
    /// grain storage of this name.
    /// </summary>
    public static ISiloBuilder AddTributaryGrainStorage(
        this ISiloBuilder builder, string name = Name, Action<GrainStorageOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddOptions<GrainStorageOptions>(name).Configure(configure ?? (static _ => { }));
        services.AddOptions<GrainBatchOptions>();
        services.TryAddSingleton<GrainStateBatches>();
        services.TryAddSingleton<DoubtfulWrites>();
        services.TryAddKeyedSingleton<IGrainStorage>(name, static (host, name) => new TributaryGrainStorage(
            host.GetRequiredService<IOptionsMonitor<GrainStorageOptions>>().Get((string)name!),
            host.GetRequiredService<GrainStateBatches>(), host.GetRequiredService<DoubtfulWrites>(),
            host.GetRequiredService<Serializer>(), host.GetRequiredService<IActivatorProvider>(), Guid.NewGuid));
        // Grains that name no storage ask for one without a name.
        if (name == ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
            services.TryAddSingleton(static host => host.GetRequiredKeyedService<IGrainStorage>(
                ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME));
        return builder;
    }

    /// <summary>
    /// Lets Orleans keep its reminders in the registered <see cref="IGrainReminders"/>, unless it has another table.
    /// </summary>
    public static ISiloBuilder UseTributaryReminders(this ISiloBuilder builder)
    {
        builder.AddReminders();
        builder.Services.TryAddSingleton<IReminderTable>(static host => new ReminderTable(host, Guid.NewGuid));
        return builder;
    }
}
