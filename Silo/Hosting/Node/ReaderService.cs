using Tributary.Api;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Reading;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// A process without the role silo and without a cluster: no engine, nothing is registered or written, what is stored
/// is read as it is.
/// </summary>
internal sealed class ReaderService(
    NodeStore store, FeedStart feed, ApiNodes nodes, AfterStart<ApiNode> node, AfterStart<PluginHost> plugins,
    StoredGenerations generations, NodeState state, NodeStop stop, ProcessFault fault, TimeProvider time)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => fault.OrEndAsync(RunAsync(cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => stop.FinishAsync();

    private async Task RunAsync(CancellationToken cancellation)
    {
        feed.Begin(await store.Store.OpenAsync(cancellation));
        plugins.Set(await NodePlugins.StartNoneAsync(store.Store.PluginTables, time, cancellation));
        var stored = new StoredGrains(store.Store);
        node.Set(nodes.OfReader(stored, await generations.OpenAsync(stored, cancellation), plugins.Value));
        state.BeginServing(static () => true, static () => null);
    }
}
