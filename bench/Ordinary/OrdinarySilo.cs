using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using Tributary.TestingHost;

namespace Tributary.Bench.Ordinary;

/// <summary>
/// One Orleans silo with ordinary grains, whose states <c>Microsoft.Orleans.Persistence.AdoNet</c> keeps in
/// PostgreSQL. It is tuned as an experienced team would: prepared statements, no reset of connections, a
/// bounded pool, Orleans' own binary format.
/// </summary>
internal static class OrdinarySilo
{
    // As many as keep a server with two cores busy; more would only wait for each other.
    private const int MaxConnectionsCount = 48;

    public static async Task<IHost> StartAsync(string connection, CancellationToken cancellation)
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
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Next(), FreePort.Next());
            silo.AddAdoNetGrainStorageAsDefault(storage => storage.Configure<Serializer>((options, serializer) =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = tuned;
                options.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            }));
            // The bench measures storing, so no grain is deactivated meanwhile.
            silo.Configure<GrainCollectionOptions>(static options => options.CollectionAge = TimeSpan.FromHours(1));
        });
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return host;
    }
}
