using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.TestingHost;
using Tributary.Connectors;
using Tributary.Feed;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Retries;
using Tributary.Messages;
using Tributary.Pipeline;
using Tributary.Pipeline.Processing;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Tests.Cluster;

/// <summary>An Orleans test cluster of one silo with round grains over a real database.</summary>
public sealed class RoundCluster : IAsyncDisposable
{
    private const string Number = "round-cluster";
    private static readonly ConcurrentDictionary<string, RoundCluster> All = new();
    private static int lastNumber;

    private readonly string number = $"{Interlocked.Increment(ref lastNumber)}";
    private readonly TestDatabase database;
    private readonly CancellationTokenSource ending = new();
    private readonly Action<ISiloBuilder> configure;
    private readonly List<IHost> clients = [];
    private TestCluster cluster = null!;
    private FeedTail tail = null!;
    private Task feeding = Task.CompletedTask;

    private RoundCluster(
        TestDatabase database, bool isAlone, Action<ISiloBuilder> configure, Action<RoundOptions> options)
    {
        this.database = database;
        this.configure = configure;
        Types = new RoundGrainTypes(GeneratedProxies.Standalone).AddPlatformGrains()
            .Add<IProbeGrain, ProbeGrain, ProbeState>(
                ProbeGrain.GrainType, StateTable.Grains, ProbeJson.Default.ProbeState, static () => new ProbeGrain());
        var own = new RoundOptions { IsAlone = isAlone };
        options(own);
        Host = new RoundEngine(
            own, database.Store, Types,
            new Dictionary<string, IActivity> { [ProcessActivity.Name] = new FailingActivity() },
            RoundEnvironment.System(error => Fatal = error), NullLogger<RoundEngine>.Instance);
    }

    public RoundGrainTypes Types { get; }

    public RoundEngine Host { get; }

    /// <summary>What the engine could not go on with; null while all is well.</summary>
    public Exception? Fatal { get; private set; }

    /// <summary>The grains of the silo itself.</summary>
    public IGrainFactory SiloGrains => Services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => ((InProcessSiloHandle)cluster.Primary!).SiloHost.Services;

    /// <param name="isAlone">False for a silo that owns the partitions that Orleans activates in it.</param>
    /// <param name="configure">What the silo has besides.</param>
    public static async Task<RoundCluster> StartAsync(
        TestDatabase database, bool isAlone = true, Action<ISiloBuilder>? configure = null,
        Action<RoundOptions>? options = null)
    {
        var started = new RoundCluster(
            database, isAlone, configure ?? (static _ => { }), options ?? (static _ => { }));
        await started.StartAsync();
        return started;
    }

    /// <summary>An Orleans client of its own.</summary>
    public async Task<IClusterClient> NewClientAsync(Action<IClientBuilder>? configure = null)
    {
        var gateway = cluster.Primary!.GatewayAddress.Endpoint;
        var client = new HostBuilder().UseOrleansClient(builder =>
        {
            builder.UseStaticClustering(new IPEndPoint(gateway.Address, gateway.Port));
            builder.Configure<ClusterOptions>(options =>
                (options.ClusterId, options.ServiceId) = (cluster.Options.ClusterId, cluster.Options.ServiceId));
            configure?.Invoke(builder);
        }).Build();
        await client.StartAsync();
        clients.Add(client);
        return client.Services.GetRequiredService<IClusterClient>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
        {
            await client.StopAsync();
            client.Dispose();
        }

        await cluster.StopAllSilosAsync();
        await cluster.DisposeAsync();
        await ending.CancelAsync();
        await feeding;
        await Host.StopAsync();
        await database.DisposeAsync();
        All.TryRemove(number, out _);
        ending.Dispose();
    }

    private async Task StartAsync()
    {
        await Host.StartAsync();
        tail = new FeedTail(
            database.Store.Messages, Host.Facts.HistoryId, new FeedOptions(), TimeProvider.System,
            NullLogger<FeedTail>.Instance);
        Host.RoundCommitted = tail.Hint;
        feeding = tail.RunAsync(ending.Token);
        All[number] = this;
        var builder = new TestClusterBuilder(initialSilosCount: 1);
        builder.Options.ConnectionTransport = ConnectionTransportType.TcpSocket;
        builder.Options.InitializeClientOnDeploy = false;
        builder.Properties[Number] = number;
        builder.AddSiloBuilderConfigurator<Silo>();
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    private sealed class FailingActivity : IActivity
    {
        public ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
        {
            var stored = (AppendedMessage)start.Local!;
            var message = stored.Message;
            return new(new ProcessingResult
            {
                Message = new MessageReference(
                    message.Id, stored.Position, message.Source, message.ReceivedAt, stored.ItemSequence),
                Failure = ProcessingFailure.Of(
                    ProcessingStep.Query, ConnectorFault.Missing, "no_content: The content is not there."),
            });
        }
    }

    private sealed class Silo : IHostConfigurator
    {
        public void Configure(IHostBuilder hostBuilder) => hostBuilder.UseOrleans((context, silo) =>
        {
            var own = All[context.Configuration[Number]!];
            silo.Services.AddSingleton(own.Types);
            silo.Services.AddSingleton(own.Host);
            silo.Services.AddSingleton(own.tail);
            silo.AddRoundGrains();
            own.configure(silo);
        });
    }
}
