using Tributary.Api;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Pipeline.Plugins;
using Tributary.Rounds.Orleans.Feed;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Silo.Hosting.Cluster;
using Tributary.Silo.Hosting.Doors;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// A process with the role api in a cluster: its Orleans client. It starts without a silo, reads the database, and is
/// ready when a silo can be reached.
/// </summary>
internal sealed class ClientService(
    NodeStore store, FeedStart feed, ApiNodes nodes, AfterStart<ApiNode> node, AfterStart<PluginHost> plugins,
    StoredGenerations generations, ClusterLink link, NodeChanges changes, AfterStart<FeedTail> tail,
    NodeBackground background, NodeState state, NodeStop stop, ProcessFault fault, TimeProvider time,
    ILogger<ClusterChanges> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => fault.OrEndAsync(RunAsync(cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => stop.FinishAsync();

    private async Task RunAsync(CancellationToken cancellation)
    {
        var facts = await store.Store.OpenAsync(cancellation);
        feed.Begin(facts);
        plugins.Set(await NodePlugins.StartNoneAsync(store.Store.PluginTables, time, cancellation));
        var definitions = await generations.OpenAsync(new RemoteGrains(link), cancellation);
        var operations = new RemoteOperations(
            link, store.Store.Generations, definitions.Generations.RefreshAsync, time);
        node.Set(nodes.OfClient(link, operations, facts, definitions, plugins.Value));
        background.Run("The connection to the cluster", link.RunAsync);
        background.Run(
            "The changes of the cluster",
            new ClusterChanges(
                changes, tail.Value, () => link.Grains, Guid.CreateVersion7, time, logger).RunAsync);
        state.BeginServing(static () => true, () => link.IsUp ? null : ClusterConnection.Down());
    }
}
