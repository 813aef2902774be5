using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Storage.Postgres;
using Tributary.TestingHost.Postgres;

namespace Tributary.TestingHost.Clusters;

/// <summary>
/// A cluster for tests: silos of Orleans' <see cref="TestCluster"/> over TCP on loopback, each with its own engine,
/// over a PostgreSQL server that belongs to the cluster. The silos find each other, share the partitions and find out
/// who is dead as silos in production do. Whatever befalls a cluster can be done to it: see the methods.
/// </summary>
/// <remarks>
/// All silos run in this process. <c>docs/testing.md</c> says what that means for each method. Disposal ends silos as
/// crashes do, and deletes the server.
/// </remarks>
public sealed partial class TributaryTestCluster : IAsyncDisposable
{
    internal const string NumberKey = "tributary-test-cluster";

    private static readonly ConcurrentDictionary<string, TributaryTestCluster> All = new();
    private static int lastNumber;

    private readonly string number = $"{Interlocked.Increment(ref lastNumber)}";
    private readonly short silosCount;
    private readonly TestClusterSettings settings;
    private readonly Lock gate = new();
    private readonly List<TestSilo> silos = [];
    private PostgresCluster? server;
    private TestCluster? cluster;

    /// <param name="silos">How many silos start; <see cref="AddAsync"/> adds more.</param>
    /// <param name="settings">What they have besides the platform's grains.</param>
    public TributaryTestCluster(int silos, TestClusterSettings? settings = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(silos, 1);
        silosCount = checked((short)silos);
        this.settings = settings ?? new TestClusterSettings();
    }

    /// <summary>The silos that run, in the order of their starts.</summary>
    public IReadOnlyList<TestSilo> Silos
    {
        get
        {
            lock (gate)
                return [.. silos.Where(static silo => silo.IsRunning)];
        }
    }

    /// <summary>An Orleans client of the cluster, which reaches all grains.</summary>
    public IClusterClient Client => Started.Client;

    /// <summary>References of <see cref="Client"/>.</summary>
    public IGrainFactory Grains => Client;

    /// <summary>The PostgreSQL server, which can be stopped, killed and restarted.</summary>
    public PostgresCluster Database => server ?? throw NotStarted();

    /// <summary>What silos could not go on with; empty when a test expects nothing of the kind.</summary>
    public IReadOnlyCollection<Exception> Faults
    {
        get
        {
            lock (gate)
                return [.. silos.Where(static silo => silo.Ended.IsCompleted).Select(static silo => silo.Ended.Result)];
        }
    }

    private TestCluster Started => cluster ?? throw NotStarted();

    /// <summary>Starts the server, the silos and the client; returns when each silo owns partitions.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        server = await PostgresCluster.StartNewAsync();
        All[number] = this;
        // Orleans reads its tables before an engine has opened the database.
        await using (var store = NewStore(server.ConnectionString()))
            await store.OpenAsync(cancellation);
        var builder = new TestClusterBuilder(silosCount);
        builder.Options.ConnectionTransport = ConnectionTransportType.TcpSocket;
        builder.Options.UseTestClusterMembership = false;
        builder.Options.ConfigureFileLogging = false;
        // Orleans' builder for tests chooses another grain directory than silos have in production.
        builder.Options.SiloBuilderConfiguratorTypes.RemoveAll(
            static type => type!.Contains("DistributedGrainDirectory", StringComparison.Ordinal));
        builder.Properties[NumberKey] = number;
        builder.AddSiloBuilderConfigurator<TestSiloConfigurator>();
        builder.AddClientBuilderConfigurator<TestClientConfigurator>();
        cluster = builder.Build();
        await cluster.DeployAsync(cancellation);
        foreach (var handle in cluster.Silos)
            Begin(handle);
        await UntilSettledAsync(cancellation);
    }

    /// <summary>Starts one more silo; partitions move to it.</summary>
    public async Task<TestSilo> AddAsync() =>
        // On a new port: Orleans would take one of a silo that runs, after others have ended.
        Begin(await Started.StartAdditionalSiloAsync(startAdditionalSiloOnNewPort: true));

    /// <summary>The partition of a round grain.</summary>
    /// <param name="grainType">The name by which its type was added.</param>
    public PartitionId PartitionOf(string grainType, string key) =>
        Silos[0].Engine.PartitionOf(new RoundGrainId(grainType, key));

    /// <summary>The silo that runs the turns of a partition; null while it is between two silos.</summary>
    public TestSilo? OwnerOf(PartitionId partition) => Silos.FirstOrDefault(silo => silo.Engine.IsHere(partition));

    /// <summary>
    /// Waits until each partition is at the silo where it belongs, and each silo that runs has a partition.
    /// </summary>
    /// <exception cref="TimeoutException">That did not come about within two minutes.</exception>
    public Task UntilSettledAsync(CancellationToken cancellation = default) => Polling.UntilAsync(
        () => Silos is { Count: > 0 } running
            && running.All(static silo => silo.Engine.PartitionsCount > 0)
            && AreHome(running),
        () => "each silo owns partitions; found "
            + string.Join(", ", Silos.Select(static silo => $"{silo.Engine.PartitionsCount} at {silo.Address}")),
        cancellation);

    // Partitions that are about to move once more are not.
    private static bool AreHome(IReadOnlyList<TestSilo> running)
    {
        var places = running[0].Services.GetRequiredService<IPartitionHomes>();
        var byAddress = running.ToDictionary(static silo => silo.Address);
        SiloAddress[] addresses = [.. byAddress.Keys];
        return Enumerable.Range(0, running[0].Engine.Facts.PartitionCount).Select(static id => new PartitionId(id))
            .All(partition => byAddress[places.Choose(partition, addresses)].Engine.IsHere(partition));
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            // Silos that stand still could not end.
            Heal();
            foreach (var silo in Silos)
                Thaw(silo);
            await cluster.StopClusterClientAsync();
            await Task.WhenAll(Silos.Select(KillAsync));
            await Task.WhenAll(Ends());
            await cluster.DisposeAsync();
        }

        if (server is not null)
            await server.DisposeAsync();
        All.TryRemove(number, out _);
    }

    /// <summary>The cluster that a host is made for.</summary>
    internal static TributaryTestCluster Of(IConfiguration host) => All[host[NumberKey]!];

    internal static PostgresStore NewStore(string connection) =>
        new(new PostgresOptions { ConnectionString = connection }, TimeProvider.System);

    private TestSilo Begin(SiloHandle handle)
    {
        var silo = ((InProcessSiloHandle)handle).SiloHost.Services.GetService(typeof(TestSilo)) as TestSilo;
        silo!.Started(handle);
        return silo;
    }

    private static InvalidOperationException NotStarted() =>
        new($"The cluster has not started; allowed: after {nameof(StartAsync)}.");
}
