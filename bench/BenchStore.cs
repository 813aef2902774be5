using Tributary.Storage;
using Tributary.Storage.Postgres;
using Tributary.Storage.Sqlite;
using Tributary.TestingHost.Postgres;

namespace Tributary.Bench;

/// <summary>The store of a bench: its own database, deleted afterwards.</summary>
public sealed class BenchStore : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tributary-bench-").FullName;
    private PostgresCluster? cluster;

    private BenchStore(IStore store, string? connectionString, PostgresCluster? cluster)
    {
        Store = store;
        ConnectionString = connectionString;
        this.cluster = cluster;
    }

    public IStore Store { get; }

    /// <summary>Null on SQLite.</summary>
    public string? ConnectionString { get; }

    /// <summary>A folder on the same disk as the store.</summary>
    public string Folder => folder;

    public static async Task<BenchStore> NewAsync(BenchOptions options)
    {
        if (options.Store == "sqlite")
        {
            var directory = Directory.CreateTempSubdirectory("tributary-bench-data-").FullName;
            var sqlite = new SqliteStore(new SqliteOptions { DataDirectory = directory }, TimeProvider.System);
            return new BenchStore(sqlite, null, null) { DataDirectory = directory };
        }

        var server = options.Postgres is null ? await PostgresCluster.StartNewAsync() : null;
        var connection = options.Postgres ?? await server!.CreateDatabaseAsync();
        var postgres = new PostgresStore(new PostgresOptions { ConnectionString = connection }, TimeProvider.System);
        return new BenchStore(postgres, connection, server);
    }

    private string? DataDirectory { get; init; }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (cluster is not null)
            await cluster.DisposeAsync();
        cluster = null;
        Directory.Delete(folder, recursive: true);
        if (DataDirectory is not null)
            Directory.Delete(DataDirectory, recursive: true);
    }
}
