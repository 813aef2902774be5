using Tributary.Storage;
using Tributary.Storage.Postgres;
using Tributary.Storage.Sqlite;
using Tributary.TestingHost.Postgres;

namespace Tributary.Rounds.Orleans.Tests.Cluster;

/// <summary>A new database of one kind, with its store; disposal deletes it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresCluster? server;
    private readonly string? folder;

    private TestDatabase(PostgresCluster server, PostgresStore store)
    {
        this.server = server;
        Store = store;
    }

    private TestDatabase(string folder, SqliteStore store)
    {
        this.folder = folder;
        Store = store;
    }

    public IStore Store { get; }

    /// <summary>A store of another process over the same database, which must be on a server.</summary>
    public PostgresStore NewStore() => new(
        new PostgresOptions { ConnectionString = server!.ConnectionString() }, TimeProvider.System);

    public static async Task<TestDatabase> PostgresAsync()
    {
        var started = await PostgresCluster.StartNewAsync();
        return new TestDatabase(started, new PostgresStore(
            new PostgresOptions { ConnectionString = started.ConnectionString() }, TimeProvider.System));
    }

    public static TestDatabase Sqlite()
    {
        var created = Directory.CreateTempSubdirectory("tributary-orleans-").FullName;
        return new TestDatabase(created, new SqliteStore(
            new SqliteOptions { DataDirectory = created }, TimeProvider.System));
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (server is not null)
            await server.DisposeAsync();
        if (folder is not null)
            Directory.Delete(folder, recursive: true);
    }
}
