using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Grains;
using Tributary.Runtime;
using Tributary.Runtime.Calls;
using Tributary.Runtime.Feed;
using Tributary.Runtime.Hosting;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;
using Tributary.Storage.Queries;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The engine of this process and what is around it: the store, the silo, the definitions, the door, the feed. Starts in
/// that order, and stops in the opposite one.
/// </summary>
internal sealed class SiloNode : IAsyncDisposable
{
    private readonly SiloConfig config;
    private readonly TimeProvider time;
    private readonly NodeStore store;
    private readonly SiloHost host;
    private readonly FeedTail tail;
    private readonly CancellationTokenSource feeding = new();
    private Task feed = Task.CompletedTask;
    private volatile bool isStopping;

    private SiloNode(SiloConfig config, TimeProvider time, NodeStore store, SiloHost host, FeedTail tail)
    {
        this.config = config;
        this.time = time;
        this.store = store;
        this.host = host;
        this.tail = tail;
    }

    /// <summary>What the API serves.</summary>
    public ApiNode Api { get; private set; } = null!;

    /// <summary>True from the last step of the start to the first of the stop.</summary>
    public bool IsReady => !isStopping && host.IsReady;

    /// <summary>Opens the store, joins, registers the definitions. Returns when messages can be taken.</summary>
    /// <exception cref="StoreException">The database cannot be used, or another process holds it.</exception>
    public static async Task<SiloNode> StartAsync(SiloConfig config, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var opened = new NodeStore(config, time, loggers);
        SiloHost? joined = null;
        try
        {
            joined = NewHost(config, time, opened, loggers);
            await joined.StartAsync(cancellation);
            var node = new SiloNode(
                config, time, opened, joined, new FeedTail(opened.Log, joined.Facts.HistoryId, config.Feed, time, loggers.CreateLogger<FeedTail>()));
            joined.RoundCommitted = node.tail.Hint;
            await node.OpenAsync(cancellation);
            return node;
        }
        catch
        {
            if (joined is { IsReady: true })
                await joined.StopAsync(CancellationToken.None);
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>True from the first step of the stop.</summary>
    public bool IsStopping => isStopping;

    /// <summary>From now on nothing is taken and subscribers are told to come back later; what was taken goes on.</summary>
    public async Task BeginStopAsync()
    {
        isStopping = true;
        await feeding.CancelAsync();
    }

    /// <summary>Finishes what waits and leaves the database.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await BeginStopAsync();
        await feed;
        await host.StopAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        feeding.Dispose();
    }

    private static SiloHost NewHost(SiloConfig config, TimeProvider time, NodeStore store, ILoggerFactory loggers)
    {
        var types = new GrainTypes()
            .Add<IItemGrain, ItemGrain, ItemState>(ItemGrain.GrainType, StateTable.Items, GrainsJson.Default.ItemState, static () => new ItemGrain())
            .Add<IAggregateGrain, AggregateGrain, AggregateState>(
                AggregateGrain.GrainType, StateTable.Aggregates, GrainsJson.Default.AggregateState, static () => new AggregateGrain())
            .Add<IDedupeGrain, DedupeGrain, DedupeState>(DedupeGrain.GrainType, StateTable.Grains, GrainsJson.Default.DedupeState, static () => new DedupeGrain());
        var activities = new Dictionary<string, IActivity>
        {
            [CutExternalIdsActivity.Name] = new LateActivity(() => new CutExternalIdsActivity(store.Log, time, config.Dedupe)),
        };
        return new SiloHost(config.Silo, store.Store, types, activities, SiloEnvironment.System(), loggers.CreateLogger<SiloHost>());
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        var rows = await store.Log.RegisterDefinitionsAsync([.. config.Aggregates.Select(definition => definition.Propose())], cancellation);
        await host.Grains.GetGrain<IDedupeGrain>(DedupeGrain.TheKey).Ensure();
        var active = rows.Select(row => new ActiveDefinition(row.Id, AggregateDefinition.Parse(row.Definition))).ToList();
        var contributions = new ContributionCalculator(active, [.. host.IndexedPathIds.Zip(config.Silo.IndexedPaths, (id, pointer) => new IndexedPath(id, JsonPointer.Parse(pointer)))]);
        var ids = new MessageIds(static () => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        var intake = new IntakeOptions { MaxBodyBytes = config.Api.MaxBodyBytes };
        Api = new ApiNode
        {
            Intake = new Intake(host.Grains, contributions, ids, time, intake),
            BulkIntake = new Intake(host.BulkGrains, contributions, ids, time, intake),
            Grains = host.Grains,
            Log = store.Log,
            Queries = store.Queries,
            MatcherOf = MatcherOf,
            Tail = tail,
            Definitions = active,
            GenerationNumbers = rows.ToDictionary(row => row.Id, row => row.Generation),
            IsReady = () => IsReady,
        };
        feed = Task.Run(() => tail.RunAsync(feeding.Token), CancellationToken.None);
    }

    private static Func<ReadOnlyMemory<byte>, bool> MatcherOf(BodyCondition condition)
    {
        var matcher = BodyMatcher.Of(condition);
        return body => matcher.Matches(body.Span);
    }

    /// <summary>An activity that is made when it first runs: the store is open then.</summary>
    private sealed class LateActivity(Func<IActivity> make) : IActivity
    {
        public ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation) => make().RunAsync(start, cancellation);
    }
}
