using Tributary.Api;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Reading;
using Tributary.Silo.Hosting.Generations;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// A process without the role silo: no engine, nothing is registered or written, what is stored is read as it is.
/// </summary>
internal sealed partial class ReaderService(
    NodeStore store, FeedStart feed, ApiNodes nodes, AfterStart<ApiNode> node, AfterStart<PluginHost> plugins,
    NodeState state, DefinitionsLook look, NodeStop stop, ProcessFault fault, TimeProvider time,
    ILogger<ReaderService> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => fault.OrEndAsync(RunAsync(cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => stop.FinishAsync();

    private async Task RunAsync(CancellationToken cancellation)
    {
        feed.Begin(await store.Store.OpenAsync(cancellation));
        plugins.Set(await NodePlugins.StartNoneAsync(store.Store.PluginTables, time, cancellation));
        var stored = new StoredGrains(store.Store);
        var book = new GenerationBook(await store.Store.Generations.ReadAsync(cancellation), []);
        var generations = new GenerationControl(
            stored, store.Store.Generations, book, feeds: false, _ => LogChanged());
        var contributions = new ContributionCalculator(book.Declared, []);
        node.Set(nodes.OfReader(stored, new Definitions(generations, contributions), plugins.Value));
        look.Begin(generations);
        state.BeginServing(static () => true, static () => null);
    }
}
