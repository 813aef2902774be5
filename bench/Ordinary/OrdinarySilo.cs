using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Providers;
using Orleans.Storage;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Storage;
using Tributary.TestingHost;

namespace Tributary.Bench.Ordinary;

/// <summary>
/// One Orleans silo with ordinary grains, whose states are kept in PostgreSQL: by
/// <c>Microsoft.Orleans.Persistence.AdoNet</c>, tuned as an experienced team would (prepared statements, no reset of
/// connections, a bounded pool, Orleans' own binary format), or by Tributary's grain storage as it is.
/// </summary>
internal static class OrdinarySilo
{
    // As many as keep a server with two cores busy; more would only wait for each other.
    private const int MaxConnectionsCount = 48;

    /// <summary>With ADO.NET persistence, whose tables it makes.</summary>
    public static async Task<IHost> StartWithAdoNetAsync(string connection, CancellationToken cancellation)
    {
        await OrdinarySchema.CreateAsync(connection, cancellation);
        var tuned = new NpgsqlConnectionStringBuilder(connection)
        {
            SearchPath = OrdinarySchema.Name,
            MaxPoolSize = MaxConnectionsCount,
            MaxAutoPrepare = 16,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        }.ConnectionString;
        return await StartAsync(
            silo => silo.AddAdoNetGrainStorageAsDefault(storage => storage.Configure<Serializer>(
                (options, serializer) =>
                {
                    options.Invariant = "Npgsql";
                    options.ConnectionString = tuned;
                    options.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
                })),
            cancellation);
    }

    /// <summary>With Tributary's grain storage on an open store.</summary>
    public static Task<IHost> StartWithTributaryAsync(IStore store, CancellationToken cancellation) => StartAsync(
        silo =>
        {
            silo.Services.AddSingleton(store.GrainStates);
            silo.AddTributaryGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);
        },
        cancellation);

    private static async Task<IHost> StartAsync(Action<ISiloBuilder> addStorage, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Next(), FreePort.Next());
            addStorage(silo);
            // The bench measures storing, so no grain is deactivated meanwhile.
            silo.Configure<GrainCollectionOptions>(static options => options.CollectionAge = TimeSpan.FromHours(1));
        });
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return host;
    }
}
