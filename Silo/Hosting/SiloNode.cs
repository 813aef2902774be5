using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Api.Processing;
using Tributary.Connectors;
using Tributary.Grains;
using Tributary.Rounds.Orleans.References;
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
internal sealed partial class SiloNode : IAsyncDisposable
{
    /// <summary>The meter of the engine's instruments.</summary>
    private const string MeterName = "Tributary.Rounds";

    private readonly SiloConfig config;
    private readonly TimeProvider time;
    private readonly NodeStore store;
    private readonly SiloHost? host;
    private readonly FeedTail tail;
    private readonly ChangeWatch changes = new();
    private readonly CancellationTokenSource feeding = new();

    private readonly LateActivities late;
    private readonly ProcessFault fault;
    private readonly ScratchFolder? scratch;
    private readonly Meter meter;

    private Pipeline? pipeline;
    private Task feed = Task.CompletedTask;
    private Task refresh = Task.CompletedTask;
    private volatile bool isStopping;

    private SiloNode(
        SiloConfig config, TimeProvider time, NodeStore store, SiloHost? host, FeedTail tail,
        LateActivities late, ProcessFault fault, ScratchFolder? scratch,
        Meter meter)
    {
        this.meter = meter;
        this.fault = fault;
        this.scratch = scratch;
        this.config = config;
        this.time = time;
        this.store = store;
        this.host = host;
        this.tail = tail;
        this.late = late;
    }

    /// <summary>What the API serves.</summary>
    public ApiNode Api { get; private set; } = null!;

    /// <summary>Completes when the process must end, with the reason.</summary>
    public Task<Exception> Failed => fault.Happened;

    /// <summary>True from the last step of the start to the first of the stop.</summary>
    public bool IsReady => !isStopping && host is not { IsReady: false };

    /// <summary>Opens the store, joins, registers the definitions. Returns when messages can be taken.</summary>
    /// <exception cref="StoreException">The database cannot be used, or another process holds it.</exception>
    public static async Task<SiloNode> StartAsync(SiloConfig config, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var reported = new ProcessFault(loggers.CreateLogger<ProcessFault>());
        var start = StartAsync(config, time, reported, loggers, cancellation);
        // What the start waits for may never come when the engine has given up: then the process ends, and what has begun ends with it.
        return await Task.WhenAny(start, reported.Happened) == start ? await start : throw await reported.Happened;
    }

    private static async Task<SiloNode> StartAsync(
        SiloConfig config, TimeProvider time, ProcessFault fault, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var room = new Room(time, loggers.CreateLogger<Room>());
        // Before the database, because what a crash left there may be what fills its disk.
        var folder = config.Roles.HasFlag(Roles.Silo) ? await room.WaitAsync(() => OpenScratch(config.Pipeline), cancellation) : null;
        var opened = new NodeStore(config, time, fault.Report, loggers);
        var measured = new Meter(MeterName);
        SiloHost? joined = null;
        SiloNode? node = null;
        try
        {
            Guid history;
            var gate = new LateActivities();
            if (config.Roles.HasFlag(Roles.Silo))
            {
                joined = NewHost(
                    config, time, opened, gate, fault, () => node?.pipeline?.Plugins.Active.Number ?? 0, measured,
                    loggers);
                await joined.StartAsync(cancellation);
                history = joined.Facts.HistoryId;
            }
            else
            {
                history = (await opened.Store.OpenAsync(cancellation)).HistoryId;
            }

            var feedTail = new FeedTail(opened.Log, history, config.Feed, time, loggers.CreateLogger<FeedTail>());
            node = new SiloNode(config, time, opened, joined, feedTail, gate, fault, folder, measured);
            if (joined is not null)
            {
                joined.RoundCommitted = node.tail.Hint;
                var failures = new FailureLog(time, loggers.CreateLogger<FailureLog>());
                joined.ChangesCommitted = round =>
                {
                    node.changes.Committed(round);
                    failures.Committed(round);
                };
            }

            await node.OpenAsync(room, loggers, cancellation);
            return node;
        }
        catch
        {
            if (joined is { IsReady: true })
                await joined.StopAsync(CancellationToken.None);
            if (node?.pipeline is { } begun)
                await begun.DisposeAsync();
            await opened.DisposeAsync();
            folder?.Dispose();
            measured.Dispose();
            throw;
        }
    }

    /// <summary>True from the first step of the stop.</summary>
    public bool IsStopping => isStopping;

    /// <summary>Who is being answered; closed by the first step of the stop, after the node has said that it is not ready.</summary>
    public RequestGate Requests { get; } = new();

    /// <summary>From now on nothing is taken and subscribers are told to come back later; what was taken goes on.</summary>
    public async Task BeginStopAsync()
    {
        if (isStopping)
            return;
        isStopping = true;
        Requests.Close();
        await pipeline!.StopAsync();
        await feeding.CancelAsync();
    }

    /// <summary>Finishes what waits and leaves the database.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await BeginStopAsync();
        await feed;
        await refresh;
        if (host is not null)
            await host.StopAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await pipeline!.DisposeAsync();
        await store.DisposeAsync();
        scratch?.Dispose();
        meter.Dispose();
        feeding.Dispose();
    }

    private static SiloHost NewHost(
        SiloConfig config, TimeProvider time, NodeStore store, LateActivities late, ProcessFault fault,
        Func<int> pluginSet,
        Meter meter, ILoggerFactory loggers)
    {
        var items = new ItemOptions { Retry = config.Pipeline.Retry, PluginSetNumber = pluginSet, Chance = Random.Shared.NextDouble };
        var types = new RoundGrainTypes(GeneratedProxies.Standalone)
            .Add<IItemGrain, ItemGrain, ItemState>(ItemGrain.GrainType, StateTable.Items, GrainsJson.Default.ItemState, () => new ItemGrain(items))
            .Add<IAggregateGrain, AggregateGrain, AggregateState>(
                AggregateGrain.GrainType, StateTable.Aggregates, GrainsJson.Default.AggregateState, static () => new AggregateGrain())
            .Add<IReplayGrain, ReplayGrain, ReplayState>(
                ReplayGrain.GrainType, StateTable.Grains, GrainsJson.Default.ReplayState, static () => new ReplayGrain(ReplayOptions.Default))
            .Add<IDedupeGrain, DedupeGrain, DedupeState>(DedupeGrain.GrainType, StateTable.Grains, GrainsJson.Default.DedupeState, static () => new DedupeGrain());
        var activities = new Dictionary<string, IActivity>
        {
            [CutExternalIdsActivity.Name] = new LateActivity(() => Task.FromResult<IActivity>(new CutExternalIdsActivity(store.Log, time, config.Dedupe))),
            [ReplayActivity.Name] = new LateActivity(() => late.Replaying),
            [ProcessActivity.Name] = new LateActivity(() => late.Processing),
        };
        return new SiloHost(
            config.Silo, store.Store, types, activities, SiloEnvironment.System(fault.Report, meter),
            loggers.CreateLogger<SiloHost>())
        {
            CanStart = late.Opened,
        };
    }

    private static ScratchFolder OpenScratch(PipelineConfig config) =>
        ScratchFolder.Open(config.ScratchDirectory, Guid.CreateVersion7().ToString("N"), config.Warnings.Add, config.Scratch);

    private async Task OpenAsync(Room room, ILoggerFactory loggers, CancellationToken cancellation)
    {
        if (host is not null)
            await room.WaitAsync(() => InitScript.RunAsync(config.InitScript, store.PluginTables, loggers.CreateLogger<SiloNode>(), cancellation), cancellation);
        pipeline = await Pipeline.StartAsync(config.Pipeline, scratch, store.PluginTables, config.Aggregates, fault, time, loggers, cancellation);
        var plugins = pipeline.Plugins;
        var logger = loggers.CreateLogger<SiloNode>();
        var book = await room.WaitAsync(() => RegisterAsync(plugins, logger, cancellation).AsTask(), cancellation);
        plugins.Bind(book.Fed);
        if (host is not null)
            await room.WaitAsync(() => host.Grains.GetGrain<IDedupeGrain>(DedupeGrain.TheKey).Ensure().AsTask(), cancellation);

        // No door is open yet: from here on every message is counted in all generations that are fed.
        var fedFrom = host is null ? Position.Start : await store.Generations.ReadEndAsync(cancellation);
        var contributions = new ContributionCalculator(book.Declared, IndexedPaths());
        var ids = new MessageIds(static () => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        Intake NewIntake(IRoundGrains grains, MessageMapper? mapper, IPluginHost? runs) =>
            new(grains, contributions, ids, time, new IntakeOptions { MaxBodyBytes = config.Api.MaxBodyBytes, Mapper = mapper }, runs);

        // What is posted to the API is processed when the configuration says how it is mapped; else it is stored and counted as it stands.
        var mapper = pipeline.ApiMapper;
        var grains = host?.Grains ?? new StoredGrains(store.Store);
        var fedCount = book.Fed.Count;
        var generations = new Generations(grains, store.Log, store.Generations, book, changed =>
        {
            LogChanged(logger);
            if (host is null || changed.Fed.Count == fedCount)
                return;
            fedCount = changed.Fed.Count;
            contributions.Replace(changed.Declared);
            plugins.Bind(changed.Fed);
        });
        Api = new ApiNode
        {
            Intake = NewIntake(grains, mapper, mapper is null ? null : plugins),
            BulkIntake = NewIntake(host?.BulkGrains ?? grains, mapper, mapper is null ? null : plugins),
            Grains = grains,
            Log = store.Log,
            Queries = store.Queries,
            Processing = store.Processing,
            Held = store.Store.Held,
            MakeAgain = host is null ? null : host.MakeAgainAsync,
            LivePlugins = () => LiveOf(plugins, generations.Book),
            PluginStatuses = () => plugins.Statuses,
            MatcherOf = MatcherOf,
            Tail = tail,
            Changes = host is null ? null : changes,
            Live = () => generations.Book.Live,
            Generations = host is null ? null : generations,
            IsReady = () => IsReady,
            Refusal = () => host?.Refusal,
        };
        var background = new BackgroundWork(fault, time, loggers.CreateLogger<BackgroundWork>());
        feed = background.RunAsync("The tail of the feed", tail.RunAsync, feeding.Token);
        if (host is null)
        {
            refresh = background.RunAsync("The look for new generations", stop => RefreshAsync(generations, logger, stop), feeding.Token);
            return;
        }

        var door = NewIntake(host.BulkGrains, null, plugins);
        var services = pipeline.NewServices(contributions, store.Processing) with
        {
            Offer = request => door.AcceptAsync(request),
        };
        late.Open(pipeline.NewActivity(services), NewReplaying(pipeline, services, generations, fedFrom));
        var care = await DeliveryCare.OpenAsync(
            store.DeliveryStarts, host.IsAfterCrash, (delay, stop) => Task.Delay(delay, time, stop), cancellation);
        pipeline.Listen(door, host, care);
    }

    private IReadOnlyList<IndexedPath> IndexedPaths() => host is null
        ? []
        : [.. host.IndexedPathIds.Zip(config.Silo.IndexedPaths, (id, pointer) => new IndexedPath(id, JsonPointer.Parse(pointer)))];

    private static Func<ReadOnlyMemory<byte>, bool> MatcherOf(BodyCondition condition)
    {
        var matcher = BodyMatcher.Of(condition);
        return body => matcher.Matches(body.Span);
    }
}
