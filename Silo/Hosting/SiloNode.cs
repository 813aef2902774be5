using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Api.Processing;
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
/// The engine of this process and what is around it: the store, the silo, the definitions, the plugins, the doors, the feed. Starts in that order, and
/// stops in the opposite one. Without the role silo there is no engine: what is stored is read as it is.
/// </summary>
internal sealed class SiloNode : IAsyncDisposable
{
    private readonly SiloConfig config;
    private readonly TimeProvider time;
    private readonly NodeStore store;
    private readonly SiloHost? host;
    private readonly FeedTail tail;
    private readonly ChangeWatch changes = new();
    private readonly CancellationTokenSource feeding = new();

    // Activities of an earlier life are due as soon as the silo has joined: they wait until the plugins' generations are known.
    private readonly TaskCompletionSource<IActivity> processing;

    private Pipeline? pipeline;
    private Task feed = Task.CompletedTask;
    private Task watch = Task.CompletedTask;
    private volatile bool isStopping;

    private SiloNode(SiloConfig config, TimeProvider time, NodeStore store, SiloHost? host, FeedTail tail, TaskCompletionSource<IActivity> processing)
    {
        this.config = config;
        this.time = time;
        this.store = store;
        this.host = host;
        this.tail = tail;
        this.processing = processing;
    }

    /// <summary>What the API serves.</summary>
    public ApiNode Api { get; private set; } = null!;

    /// <summary>Completes when the process must end: see <see cref="Pipeline.Failed"/>.</summary>
    public Task<Exception> Failed => pipeline!.Failed;

    /// <summary>True from the last step of the start to the first of the stop.</summary>
    public bool IsReady => !isStopping && host is not { IsReady: false };

    /// <summary>Opens the store, joins, registers the definitions. Returns when messages can be taken.</summary>
    /// <exception cref="StoreException">The database cannot be used, or another process holds it.</exception>
    public static async Task<SiloNode> StartAsync(SiloConfig config, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var opened = new NodeStore(config, time, loggers);
        SiloHost? joined = null;
        SiloNode? node = null;
        try
        {
            Guid history;
            var gate = new TaskCompletionSource<IActivity>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (config.Roles.HasFlag(Roles.Silo))
            {
                joined = NewHost(config, time, opened, gate.Task, () => node?.pipeline?.Plugins.Active.Number ?? 0, loggers);
                await joined.StartAsync(cancellation);
                history = joined.Facts.HistoryId;
            }
            else
            {
                history = (await opened.Store.OpenAsync(cancellation)).HistoryId;
            }

            node = new SiloNode(config, time, opened, joined, new FeedTail(opened.Log, history, config.Feed, time, loggers.CreateLogger<FeedTail>()), gate);
            if (joined is not null)
            {
                joined.RoundCommitted = node.tail.Hint;
                joined.ChangesCommitted = node.changes.Committed;
            }

            await node.OpenAsync(loggers, cancellation);
            return node;
        }
        catch
        {
            if (joined is { IsReady: true })
                await joined.StopAsync(CancellationToken.None);
            if (node?.pipeline is { } begun)
                await begun.DisposeAsync();
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>True from the first step of the stop.</summary>
    public bool IsStopping => isStopping;

    /// <summary>From now on nothing is taken and subscribers are told to come back later; what was taken goes on.</summary>
    public async Task BeginStopAsync()
    {
        if (isStopping)
            return;
        isStopping = true;
        await pipeline!.StopAsync();
        await feeding.CancelAsync();
    }

    /// <summary>Finishes what waits and leaves the database.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await BeginStopAsync();
        await feed;
        await watch;
        if (host is not null)
            await host.StopAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await pipeline!.DisposeAsync();
        await store.DisposeAsync();
        feeding.Dispose();
    }

    private static SiloHost NewHost(
        SiloConfig config, TimeProvider time, NodeStore store, Task<IActivity> processing, Func<int> pluginSet, ILoggerFactory loggers)
    {
        var items = new ItemOptions { Retry = config.Pipeline.Retry, PluginSetNumber = pluginSet, Chance = Random.Shared.NextDouble };
        var types = new GrainTypes()
            .Add<IItemGrain, ItemGrain, ItemState>(ItemGrain.GrainType, StateTable.Items, GrainsJson.Default.ItemState, () => new ItemGrain(items))
            .Add<IAggregateGrain, AggregateGrain, AggregateState>(
                AggregateGrain.GrainType, StateTable.Aggregates, GrainsJson.Default.AggregateState, static () => new AggregateGrain())
            .Add<IDedupeGrain, DedupeGrain, DedupeState>(DedupeGrain.GrainType, StateTable.Grains, GrainsJson.Default.DedupeState, static () => new DedupeGrain());
        var activities = new Dictionary<string, IActivity>
        {
            [CutExternalIdsActivity.Name] = new LateActivity(() => Task.FromResult<IActivity>(new CutExternalIdsActivity(store.Log, time, config.Dedupe))),
            [ProcessActivity.Name] = new LateActivity(() => processing),
        };
        return new SiloHost(config.Silo, store.Store, types, activities, SiloEnvironment.System(), loggers.CreateLogger<SiloHost>());
    }

    private async Task OpenAsync(ILoggerFactory loggers, CancellationToken cancellation)
    {
        if (host is not null)
            await InitScript.RunAsync(config.InitScript, store.PluginTables, loggers.CreateLogger<SiloNode>(), cancellation);
        pipeline = await Pipeline.StartAsync(config.Pipeline, host is not null, store.PluginTables, config.Aggregates, time, loggers, cancellation);
        var plugins = pipeline.Plugins;
        // A process that only reads registers nothing: what is counted is for silos to say.
        var registered = host is null ? new RegisteredDefinitions(store.Log, time, loggers.CreateLogger<RegisteredDefinitions>()) : null;
        DefinitionProposal[] proposals = [.. config.Aggregates.Select(definition => definition.Propose()), .. plugins.Proposals];
        var rows = registered is null ? await store.Log.RegisterDefinitionsAsync(proposals, cancellation) : await registered.ReadAsync(cancellation);
        plugins.Bind(rows);
        if (host is not null)
            await host.Grains.GetGrain<IDedupeGrain>(DedupeGrain.TheKey).Ensure();

        var counted = CountedOf(rows);
        var declared = host is null ? [] : counted.Take(config.Aggregates.Count).ToList();
        var contributions = new ContributionCalculator(declared, IndexedPaths());
        var ids = new MessageIds(static () => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        Intake NewIntake(IGrainFactory grains, MessageMapper? mapper, IPluginHost? runs) =>
            new(grains, contributions, ids, time, new IntakeOptions { MaxBodyBytes = config.Api.MaxBodyBytes, Mapper = mapper }, runs);

        // What is posted to the API is processed when the configuration says how it is mapped; else it is stored and counted as it stands.
        var mapper = pipeline.ApiMapper;
        var grains = host?.Grains ?? new StoredGrains(store.Store);
        Api = new ApiNode
        {
            Intake = NewIntake(grains, mapper, mapper is null ? null : plugins),
            BulkIntake = NewIntake(host?.BulkGrains ?? grains, mapper, mapper is null ? null : plugins),
            Grains = grains,
            Log = store.Log,
            Queries = store.Queries,
            Processing = store.Processing,
            LivePlugins = registered is null ? () => LiveOf(plugins) : () => LiveOf(registered.Newest),
            PluginStatuses = () => plugins.Statuses,
            MatcherOf = MatcherOf,
            Tail = tail,
            Changes = host is null ? null : changes,
            Definitions = counted,
            GenerationNumbers = NumbersOf(rows),
            IsReady = () => IsReady,
        };
        feed = Task.Run(() => tail.RunAsync(feeding.Token), CancellationToken.None);
        if (registered is not null)
            watch = registered.RunAsync(newest => Api.Recount(CountedOf(newest), NumbersOf(newest)), feeding.Token);
        if (host is null)
            return;
        processing.SetResult(pipeline.NewActivity(contributions, store.Processing));
        pipeline.Listen(NewIntake(host.BulkGrains, null, plugins), host);
    }

    private static List<ActiveDefinition> CountedOf(IEnumerable<DefinitionRow> rows) =>
        [.. rows.Where(row => !PluginHost.IsPlugin(row)).Select(row => new ActiveDefinition(row.Id, AggregateDefinition.Parse(row.Definition)))];

    private static Dictionary<int, int> NumbersOf(IEnumerable<DefinitionRow> rows) => rows.ToDictionary(row => row.Id, row => row.Generation);

    private static List<LivePlugin> LiveOf(PluginHost plugins) => [.. plugins.Active.Plugins.Select(plugin => new LivePlugin(plugin.Name, plugin.Generation))];

    private static List<LivePlugin> LiveOf(IEnumerable<DefinitionRow> rows) =>
        [.. rows.Where(PluginHost.IsPlugin).Select(row => new LivePlugin(PluginHost.PluginOf(row), row.Id)).OrderBy(plugin => plugin.Name, StringComparer.Ordinal)];

    private IReadOnlyList<IndexedPath> IndexedPaths() => host is null
        ? []
        : [.. host.IndexedPathIds.Zip(config.Silo.IndexedPaths, (id, pointer) => new IndexedPath(id, JsonPointer.Parse(pointer)))];

    private static Func<ReadOnlyMemory<byte>, bool> MatcherOf(BodyCondition condition)
    {
        var matcher = BodyMatcher.Of(condition);
        return body => matcher.Matches(body.Span);
    }

    /// <summary>An activity that is made later than the silo that runs it.</summary>
    private sealed class LateActivity(Func<Task<IActivity>> make) : IActivity
    {
        public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation) =>
            await (await make().WaitAsync(cancellation)).RunAsync(start, cancellation);
    }
}
