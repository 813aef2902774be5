using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.TestingHost;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Pipeline;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.Failures;
using Tributary.Storage.Postgres;
using Tributary.Storage.Rounds;
using Tributary.TestingHost.Postgres;

namespace Tributary.Rounds.Orleans.Tests.Cluster;

/// <summary>
/// An Orleans test cluster of several silos over one PostgreSQL, each with an engine and connections of its own, as
/// processes have them.
/// </summary>
public sealed class SiloCluster : IAsyncDisposable
{
    private const string Number = "silo-cluster";
    private static readonly ConcurrentDictionary<string, SiloCluster> All = new();
    private static int lastNumber;

    private readonly string number = $"{Interlocked.Increment(ref lastNumber)}";
    private readonly ConcurrentDictionary<SiloAddress, Node> nodes = new();
    private readonly ConcurrentDictionary<RoundEngine, bool> killed = new();
    private readonly PostgresCluster server;
    private TestCluster cluster = null!;

    private SiloCluster(PostgresCluster server) => this.server = server;

    public IReadOnlyList<SiloHandle> Silos => cluster.Silos;

    /// <summary>The silo whose memory holds Orleans' membership: it must not end.</summary>
    public SiloHandle Primary => cluster.Primary!;

    /// <summary>Errors that an engine could not go on with.</summary>
    public ConcurrentBag<Exception> Fatal { get; } = [];

    public static async Task<SiloCluster> StartAsync(int silosCount)
    {
        var started = new SiloCluster(await PostgresCluster.StartNewAsync());
        All[started.number] = started;
        var builder = new TestClusterBuilder((short)silosCount);
        builder.Options.ConnectionTransport = ConnectionTransportType.TcpSocket;
        builder.Options.InitializeClientOnDeploy = false;
        builder.Properties[Number] = started.number;
        builder.AddSiloBuilderConfigurator<Silo>();
        started.cluster = builder.Build();
        await started.cluster.DeployAsync();
        return started;
    }

    public RoundEngine EngineOf(SiloHandle silo) => nodes[silo.SiloAddress].Engine;

    public IGrainFactory GrainsOf(SiloHandle silo) => ServicesOf(silo).GetRequiredService<IGrainFactory>();

    public IServiceProvider ServicesOf(SiloHandle silo) => ((InProcessSiloHandle)silo).SiloHost.Services;

    /// <summary>The references that code of a silo takes.</summary>
    public ClusterGrains ClusterGrainsOf(SiloHandle silo)
    {
        var engine = EngineOf(silo);
        var types = ServicesOf(silo).GetRequiredService<RoundGrainTypes>();
        return new ClusterGrains(engine, engine.Grains, types, GrainsOf(silo));
    }

    /// <summary>The calls that failed, of all silos.</summary>
    public ValueTask<IReadOnlyList<FailureRow>> FailuresAsync() =>
        nodes[Primary.SiloAddress].Store.Failures.ReadFailuresAsync(null, 100, CancellationToken.None);

    public Task<SiloHandle> AddAsync() => cluster.StartAdditionalSiloAsync();

    public Task StopAsync(SiloHandle silo) => cluster.StopSiloAsync(silo);

    /// <summary>Ends a silo as a crash of its process does: its rounds, its session, its port, all at once.</summary>
    public async Task KillAsync(SiloHandle silo)
    {
        var node = nodes[silo.SiloAddress];
        killed[node.Engine] = true;
        node.Engine.Abandon();
        await node.Store.DisposeAsync();
        await cluster.KillSiloAsync(silo);
    }

    /// <summary>How many partitions the running silos own together.</summary>
    public int OwnedCount() => cluster.Silos.Sum(silo => EngineOf(silo).PartitionsCount);

    public async Task UntilAllAreOwnedAsync()
    {
        await Waiting.UntilAsync(() => OwnedCount() == EngineOf(Primary).Facts.PartitionCount
            && cluster.Silos.All(silo => EngineOf(silo).PartitionsCount > 0));
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.StopAllSilosAsync();
        await cluster.DisposeAsync();
        foreach (var node in nodes.Values)
            await node.Store.DisposeAsync();
        await server.DisposeAsync();
        All.TryRemove(number, out _);
    }

    private sealed record Node(RoundEngine Engine, PostgresStore Store);

    // The engine joins before any grain is activated, and leaves after the last one is gone.
    private sealed class Life(RoundEngine engine, SiloCluster cluster) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            nameof(Life), ServiceLifecycleStage.RuntimeStorageServices, engine.StartAsync,
            _ => cluster.killed.ContainsKey(engine) ? Task.CompletedTask : engine.StopAsync(CancellationToken.None));
    }

    private sealed class Silo : IHostConfigurator
    {
        public void Configure(IHostBuilder hostBuilder) => hostBuilder.UseOrleans((context, silo) =>
        {
            var own = All[context.Configuration[Number]!];
            var types = new RoundGrainTypes(GeneratedProxies.Standalone).AddPlatformGrains()
                .Add<IProbeGrain, ProbeGrain, ProbeState>(
                    ProbeGrain.GrainType, StateTable.Grains, ProbeJson.Default.ProbeState,
                    static () => new ProbeGrain());
            silo.Services.AddSingleton(own);
            silo.Services.AddSingleton(types);
            silo.Services.AddSingleton(services => own.NewEngine(services, types));
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Life>();
            silo.Services.AddSingleton<ChangeWatch>();
            silo.Services.AddSingleton<NodeChanges>();
            silo.Services.AddSingleton(own.NewTail);
            silo.AddRoundGrains().AddFeedLinks();
        });
    }

    private RoundEngine NewEngine(IServiceProvider services, RoundGrainTypes types)
    {
        var address = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var store = new PostgresStore(
            new PostgresOptions { ConnectionString = server.ConnectionString() }, TimeProvider.System);
        var engine = new RoundEngine(
            new RoundOptions { Address = address.ToParsableString(), IsAlone = false, Rejoins = false }, store, types,
            new Dictionary<string, IActivity>(), RoundEnvironment.System(Fatal.Add), NullLogger<RoundEngine>.Instance);
        nodes[address] = new Node(engine, store);
        engine.ChangesCommitted = services.GetRequiredService<ChangeWatch>().Committed;
        return engine;
    }

    private FeedTail NewTail(IServiceProvider services)
    {
        var node = nodes[services.GetRequiredService<ILocalSiloDetails>().SiloAddress];
        return new FeedTail(
            node.Store.Messages, node.Engine.Facts.HistoryId, new FeedOptions(), TimeProvider.System,
            NullLogger<FeedTail>.Instance);
    }
}
