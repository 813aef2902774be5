using Tributary.Grains.Dedupe;
using Tributary.Items;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Plugins;
using Tributary.Rounds.Engine;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Engine;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;
using Tributary.Storage.Generations;

namespace Tributary.Silo.Hosting.Generations;

/// <summary>
/// The generations of definitions: registered at the start, built on demand, switched while everything else goes on.
/// </summary>
internal sealed partial class DefinitionsStart(
    SiloConfig config, RoundEngine engine, NodeReferences references, NodeStore store, Room room,
    ILogger<DefinitionsStart> logger)
{
    /// <summary>Registers the definitions of the configuration and of the plugins. No door may be open yet.</summary>
    public async Task<Definitions> RegisterAsync(PluginHost plugins, CancellationToken cancellation)
    {
        var book = await room.WaitAsync(() => ReadBookAsync(plugins, cancellation), cancellation);
        plugins.Bind(book.Fed);
        await room.WaitAsync(
            () => references.Grains.GetGrain<IDedupeGrain>(DedupeGrain.TheKey).Ensure().AsTask()
                .WaitAsync(cancellation),
            cancellation);

        // No door is open yet: every message from here on is counted in all fed generations.
        var fedFrom = await store.Store.Generations.ReadEndAsync(cancellation);
        var contributions = new ContributionCalculator(book.Declared, IndexedPaths());
        return new Definitions(NewGenerations(book, contributions, plugins), contributions, fedFrom);
    }

    private async Task<GenerationBook> ReadBookAsync(PluginHost plugins, CancellationToken cancellation)
    {
        DefinitionProposal[] proposals =
            [.. config.Aggregates.Select(static definition => definition.Propose()), .. plugins.Proposals];
        var before = await store.Store.Generations.ReadDefinitionsAsync(cancellation);
        var configured = await store.Store.Generations.RegisterDefinitionsAsync(proposals, cancellation);
        var all = await store.Store.Generations.ReadDefinitionsAsync(cancellation);
        var book = new GenerationBook(all, configured, config.Aggregates.Count);
        foreach (var generation in book.Configured.Where(static generation => !generation.IsLive))
            LogNotLive(generation.Generation, generation.Name);
        var stored = (await store.Store.Ledger.ReadLedgerAsync(recount: false, cancellation)).Total.Accepted;
        StoredDefinitions.Report(logger, book, before, stored);
        return book;
    }

    private GenerationControl NewGenerations(
        GenerationBook book, ContributionCalculator contributions, PluginHost plugins)
    {
        var fedCount = book.Fed.Count;
        return new GenerationControl(references.Grains, store.Store.Generations, book, changed =>
        {
            LogChanged();
            if (changed.Fed.Count == fedCount)
                return;
            fedCount = changed.Fed.Count;
            contributions.Replace(changed.Declared);
            plugins.Bind(changed.Fed);
        });
    }

    private IReadOnlyList<IndexedPath> IndexedPaths() =>
    [
        .. engine.IndexedPathIds.Zip(
            config.Silo.IndexedPaths, static (id, pointer) => new IndexedPath(id, JsonPointer.Parse(pointer))),
    ];
}
