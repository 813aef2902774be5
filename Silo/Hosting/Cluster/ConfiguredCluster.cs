using Orleans.Configuration;
using StackExchange.Redis;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Configuration;
using Tributary.Storage.Postgres.Clustering;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>Makes a silo or a client a part of the configured cluster.</summary>
internal static class ConfiguredCluster
{
    /// <summary>How often a client looks for gateways that came or went.</summary>
    private static readonly TimeSpan GatewayRefreshPeriod = TimeSpan.FromSeconds(5);

    public static ISiloBuilder UseConfiguredCluster(this ISiloBuilder silo, SiloConfig config)
    {
        var cluster = config.Cluster;
        if (cluster.IsLocal)
            return silo.UseLocalCluster();
        silo.Services.Configure<ClusterOptions>(options => Name(options, cluster));
        silo.UseReservedPorts(() => AdvertisedAddress.Of(cluster), cluster.SiloPort, cluster.GatewayPort)
            .DetectFailuresQuickly().EndSilentConnections();
        if (cluster.Tls is { } tls)
            silo.UseTls(MutualTls.Load(tls).Apply);
        return cluster.Type switch
        {
            ClusterType.Redis => silo.UseRedisClustering(options =>
                options.ConfigurationOptions = ConfigurationOptions.Parse(cluster.Connection!)),
            ClusterType.AzureTable => silo.UseAzureStorageClustering(options =>
                options.TableServiceClient = AzureTables.ClientOf(cluster.Connection!)),
            _ => silo.UseAdoNetClustering(options =>
            {
                options.Invariant = PostgresClustering.Invariant;
                options.ConnectionString = PostgresClustering.ConnectionString(config.Connection!);
            }),
        };
    }

    /// <summary>A client that finds the silos of the cluster where they find each other.</summary>
    public static IClientBuilder UseConfiguredCluster(this IClientBuilder client, SiloConfig config)
    {
        var cluster = config.Cluster;
        client.Services.Configure<ClusterOptions>(options => Name(options, cluster));
        client.Services.Configure<GatewayOptions>(static options =>
            options.GatewayListRefreshPeriod = GatewayRefreshPeriod);
        if (cluster.Tls is { } tls)
            client.UseTls(MutualTls.Load(tls).Apply);
        return cluster.Type switch
        {
            ClusterType.Local => throw new ArgumentException(
                "Found cluster.type: local, which has no gateway; allowed: postgres, redis or azure-table.",
                nameof(config)),
            ClusterType.Redis => client.UseRedisClustering(options =>
                options.ConfigurationOptions = ConfigurationOptions.Parse(cluster.Connection!)),
            ClusterType.AzureTable => client.UseAzureStorageClustering(options =>
                options.TableServiceClient = AzureTables.ClientOf(cluster.Connection!)),
            _ => client.UseAdoNetClustering(options =>
            {
                options.Invariant = PostgresClustering.Invariant;
                options.ConnectionString = PostgresClustering.ConnectionString(config.Connection!);
            }).OpenDatabaseFirst(config.Connection!),
        };
    }

    private static void Name(ClusterOptions options, ClusterConfig cluster) =>
        (options.ClusterId, options.ServiceId) = (cluster.Id, cluster.Service);
}
