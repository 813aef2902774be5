using Tributary.Rounds.Orleans.Hosting;

namespace Tributary.Rounds.Orleans.Tests.Cluster;

/// <summary>One cluster with its clients for all tests of a class.</summary>
public abstract class ClusterFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim clients = new(1);
    private IClusterClient? tributary;
    private IClusterClient? plain;

    public RoundCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => 
        Cluster = await RoundCluster.StartAsync(await NewDatabaseAsync(), isAlone: true, Configure);

    /// <summary>What the silo has besides.</summary>
    public virtual void Configure(ISiloBuilder silo)
    {
    }

    /// <summary>The references of this kind of caller.</summary>
    public async Task<IGrainFactory> GrainsAsync(SmokeTests.Caller caller) => caller switch
    {
        SmokeTests.Caller.Silo => Cluster.SiloGrains,
        SmokeTests.Caller.TributaryClient => await TributaryClientAsync(),
        _ => await PlainClientAsync(),
    };

    /// <summary>A client whose references to round grains go to partitions directly.</summary>
    public async Task<IClusterClient> TributaryClientAsync()
    {
        await clients.WaitAsync();
        try
        {
            return tributary ??= await Cluster.NewClientAsync(static client =>
                client.AddTributaryClient().AddActivityPropagation());
        }
        finally
        {
            clients.Release();
        }
    }

    /// <summary>A client that knows the interfaces and nothing of rounds.</summary>
    public async Task<IClusterClient> PlainClientAsync()
    {
        await clients.WaitAsync();
        try
        {
            return plain ??= await Cluster.NewClientAsync(static client => client.AddActivityPropagation());
        }
        finally
        {
            clients.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        clients.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<TestDatabase> NewDatabaseAsync();
}

/// <summary>Over SQLite.</summary>
public sealed class SqliteClusterFixture : ClusterFixture
{
    protected override Task<TestDatabase> NewDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
}

/// <summary>Over PostgreSQL.</summary>
public sealed class PostgresClusterFixture : ClusterFixture
{
    protected override Task<TestDatabase> NewDatabaseAsync() => TestDatabase.PostgresAsync();
}
