using Tributary.Api;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Reading;
using Tributary.Silo.Hosting.Generations;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Storage;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// A process without the role silo: no engine, nothing is registered or written, what is stored is read as it is.
/// </summary>
internal sealed partial class ReaderService(
    NodeStore store, FeedStart feed, ApiNodes nodes, AfterStart<ApiNode> node, AfterStart<PluginHost> plugins,
    NodeState state, NodeBackground background, NodeStop stop, ProcessFault fault, TimeProvider time,
    ILogger<ReaderService> logger) : IHostedService
{
    /// <summary>How often it looks whether another process has switched.</summary>
    private static readonly TimeSpan RefreshDelay = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken) => fault.OrEndAsync(RunAsync(cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => stop.FinishAsync();

    private async Task RunAsync(CancellationToken cancellation)
    {
        feed.Begin(await store.Store.OpenAsync(cancellation));
        plugins.Set(await NodePlugins.StartNoneAsync(store.Store.PluginTables, time, cancellation));
        var stored = new StoredGrains(store.Store);
        var rows = await store.Store.Generations.ReadDefinitionsAsync(cancellation);
        var book = new GenerationBook(rows, [], 0) { IsReader = true };
        // Silos feed generations; this process does not.
        var generations = new GenerationControl(stored, store.Store.Generations, book, _ => LogChanged());
        var contributions = new ContributionCalculator(book.Declared, []);
        node.Set(nodes.OfReader(stored, new Definitions(generations, contributions, Position.Start), plugins.Value));
        background.Run("The look for new generations", token => RefreshAsync(generations, token));
        state.BeginServing(static () => true, static () => null);
    }

    private async Task RefreshAsync(GenerationControl generations, CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(RefreshDelay, time, stopping);
            try
            {
                await generations.RefreshAsync(stopping);
            }
            catch (StoreException error) when (error.IsPassing)
            {
                // Readers see the generations that were live before, until the database answers again.
                LogNotRefreshed(error.Message);
            }
        }
    }
}
