using Tributary.Api;
using Tributary.Api.Processing;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Plugins;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Silos;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Reports;
using Tributary.Silo.Hosting.Cluster;
using Tributary.Silo.Hosting.Doors;
using Tributary.Silo.Hosting.Engine;
using Tributary.Silo.Hosting.Generations;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Rounds;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Makes the node that the API serves: in a process with an engine, in a client of a cluster, and in one that only
/// reads.
/// </summary>
internal sealed class ApiNodes(
    NodeStore store, NodeState state, NodeDoors doors, Processing processing, AfterStart<FeedTail> tail,
    NodeChanges changes, TimeProvider time, IServiceProvider host)
{
    /// <summary>The node of the role silo: a reader with an engine.</summary>
    public ApiNode OfSilo(NodeReferences references, Definitions definitions, PluginHost plugins)
    {
        var generations = definitions.Generations;
        return OfReader(references.Grains, definitions, plugins) with
        {
            BulkIntake = DoorTo(references.BulkGrains, definitions, plugins),
            MakeAgain = references.MakeAgain,
            LivePlugins = () => RunningOf(plugins, generations.Book),
            Cluster = host.NewClusterReader(),
            Cordons = host.NewSiloCordons(),
            Changes = changes,
            Generations = generations,
            Refusal = () => state.Refusal,
        };
    }

    /// <summary>The node of the role api alone: it reads what is stored.</summary>
    public ApiNode OfReader(IRoundGrains grains, Definitions definitions, PluginHost plugins)
    {
        var generations = definitions.Generations;
        var door = DoorTo(grains, definitions, plugins);
        return new ApiNode
        {
            Intake = door,
            BulkIntake = door,
            Grains = grains,
            Messages = store.Store.Messages,
            Items = store.Store.Items,
            Aggregates = store.Store.Aggregates,
            Records = store.Store.Records,
            Failures = store.Store.Failures,
            Reminders = store.Store.Reminders,
            Ledger = store.Store.Ledger,
            Held = store.Store.Held,
            Cluster = new ClusterReader(
                store.Store, () => store.Facts!.PartitionCount, static (_, _) => throw new InvalidOperationException(
                    "The process that was asked is no silo, and reaches none.")),
            Cordons = new SiloCordons(store.Store, static () => null),
            LivePlugins = () => LiveOf(generations.Book),
            PluginStatuses = () => plugins.Statuses,
            MatcherOf = MatcherOf,
            Tail = tail.Value,
            Live = () => generations.Book.Live,
            IsReady = () => state.IsReady,
        };
    }

    /// <summary>The node of the role api in a cluster: a reader that silos work for.</summary>
    public ApiNode OfClient(
        ClusterLink link, RemoteOperations operations, StoreFacts facts, Definitions definitions, PluginHost plugins)
    {
        var grains = new RemoteGrains(link);
        var checks = DoorTo(grains, definitions, plugins);
        var partitioner = new Partitioner(facts.PartitionCount);
        RemoteDoor NewDoor(bool isBulk) => new(
            (partition, requests, bulk) => link.Grains.GetGrain<IDoorGrain>(partition).Take(requests, bulk),
            link.Connection, partitioner, checks, time, processing.ApiMapper is not null, isBulk);
        return OfReader(grains, definitions, plugins) with
        {
            Intake = NewDoor(isBulk: false),
            BulkIntake = NewDoor(isBulk: true),
            MakeAgain = operations.MakeAgainAsync,
            Cluster = new ClusterReader(store.Store, () => facts.PartitionCount, operations.ReportOfAsync),
            Changes = changes,
            Generations = operations,
            Refusal = () => state.Refusal,
        };
    }

    // Messages that are posted to the API are processed when the configuration maps them.
    private MessageIntake DoorTo(IRoundGrains grains, Definitions definitions, PluginHost plugins) =>
        processing.ApiMapper is { } mapper
            ? doors.New(grains, definitions.Contributions, mapper, plugins)
            : doors.New(grains, definitions.Contributions, mapper: null, runs: null);

    // A process that runs plugins shows the plugins that run in it.
    private static List<LivePlugin> RunningOf(PluginHost plugins, GenerationBook book) =>
    [
        .. plugins.Active.Plugins.Select(
            plugin => new LivePlugin(plugin.Name, book.LivePlugin(plugin.Name) ?? plugin.Generation)),
    ];

    // A process that only reads shows the records of all plugins.
    private static List<LivePlugin> LiveOf(GenerationBook book) =>
        [.. book.LivePlugins.Select(static one => new LivePlugin(one.Name, one.Generation))];

    private static Func<ReadOnlyMemory<byte>, bool> MatcherOf(BodyCondition condition)
    {
        var matcher = BodyMatcher.Of(condition);
        return body => matcher.Matches(body.Span);
    }
}
