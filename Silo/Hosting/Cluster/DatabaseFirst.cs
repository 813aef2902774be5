using Orleans.Messaging;
using Tributary.Storage;
using Tributary.Storage.Postgres;

namespace Tributary.Silo.Hosting.Cluster;

/// <summary>
/// Lets a client open the database before it reads the tables of the cluster, so that a client that starts before the
/// first silo finds the tables.
/// </summary>
internal sealed class DatabaseFirst(IGatewayListProvider tables, string connection, TimeProvider time)
    : IGatewayListProvider
{
    public TimeSpan MaxStaleness => tables.MaxStaleness;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync(CancellationToken.None);

    public async Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default)
    {
        await using (var store = new PostgresStore(new PostgresOptions { ConnectionString = connection }, time))
            await store.OpenAsync(cancellationToken);
        await tables.InitializeGatewayListProviderAsync(cancellationToken);
    }

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default) =>
        tables.GetGatewaysAsync(cancellationToken);
}

/// <summary>Registers <see cref="DatabaseFirst"/>.</summary>
internal static class DatabaseFirstExtensions
{
    /// <param name="connection">The connection string of the database.</param>
    public static IClientBuilder OpenDatabaseFirst(this IClientBuilder client, string connection)
    {
        var tables = client.Services.Last(static service => service.ServiceType == typeof(IGatewayListProvider));
        client.Services.AddSingleton<IGatewayListProvider>(host => new DatabaseFirst(
            (IGatewayListProvider)ActivatorUtilities.CreateInstance(host, tables.ImplementationType!), connection,
            host.GetRequiredService<TimeProvider>()));
        return client;
    }
}
