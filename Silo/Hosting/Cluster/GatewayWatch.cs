using Orleans.Messaging;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Composition;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>
/// Tells callers when a gateway leaves the list: a client need not be connected to the silo whose answers are lost with
/// it.
/// </summary>
internal sealed class GatewayWatch(IGatewayListProvider tables, ClusterConnection connection) : IGatewayListProvider
{
    private HashSet<Uri> known = [];

    public TimeSpan MaxStaleness => tables.MaxStaleness;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => tables.InitializeGatewayListProvider();

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) =>
        tables.InitializeGatewayListProviderAsync(cancellationToken);

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var listed = await tables.GetGatewaysAsync(cancellationToken);
        var before = Interlocked.Exchange(ref known, [.. listed]);
        if (!before.IsSubsetOf(listed))
            connection.ReportLoss();
        return listed;
    }
}

/// <summary>Registers <see cref="GatewayWatch"/>.</summary>
internal static class GatewayWatchExtensions
{
    public static IClientBuilder WatchGateways(this IClientBuilder client)
    {
        var tables = client.Services.Last(static service => service.ServiceType == typeof(IGatewayListProvider));
        client.Services.AddSingleton<IGatewayListProvider>(host => new GatewayWatch(
            tables.Make<IGatewayListProvider>(host),
            host.GetRequiredService<ClusterConnection>()));
        return client;
    }
}
