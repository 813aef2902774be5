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
using Tributary.Storage.Rounds;

namespace Tributary.Silo.Hosting.Generations;

/// <summary>
/// The generations of definitions: registered at the start, built on demand, switched while everything else goes on.
/// </summary>
internal sealed partial class DefinitionsStart(
    SiloConfig config, RoundEngine engine, NodeReferences references, NodeStore store, DefinitionsLook look, Room room,
    ILogger<DefinitionsStart> logger)
{
    private IReadOnlyList<DefinitionProposal> proposals = [];
    private SiloId declaredBy;

    /// <summary>
    /// Registers the definitions and indexed paths of the configuration, and the definitions of the plugins. No door
    /// may be open yet.
    /// </summary>
    public async Task<Definitions> RegisterAsync(PluginHost plugins, CancellationToken cancellation)
    {
        proposals = [.. config.Aggregates.Select(static definition => definition.Propose()), .. plugins.Proposals];
        var book = await room.WaitAsync(() => ReadBookAsync(cancellation), cancellation);
        plugins.Bind(book.Bound);
        await room.WaitAsync(
            () => references.Grains.GetGrain<IDedupeGrain>(DedupeGrain.TheKey).Ensure().AsTask()
                .WaitAsync(cancellation),
            cancellation);

        var contributions = new ContributionCalculator(book.Declared, book.IndexedPaths, book.Stored.Version);
        var generations = NewGenerations(book, contributions, plugins);
        engine.Definitions = book.Stored.Version;
        engine.DefinitionsChanged = _ => look.Ask();
        look.Begin(generations, DeclareAgainAsync);
        return new Definitions(generations, contributions);
    }

    private async Task<GenerationBook> ReadBookAsync(CancellationToken cancellation)
    {
        var before = (await store.Store.Generations.ReadAsync(cancellation)).Rows;
        var configured = await DeclareAsync(cancellation);
        var book = new GenerationBook(await store.Store.Generations.ReadAsync(cancellation), configured);
        foreach (var generation in book.Configured.Where(static generation => !generation.IsLive))
            LogNotLive(generation.Generation, generation.Name);
        var stored = (await store.Store.Ledger.ReadLedgerAsync(recount: false, cancellation)).Total.Accepted;
        DefinitionsReport.Report(logger, book, before, stored);
        return book;
    }

    private async Task<IReadOnlyList<DefinitionRow>> DeclareAsync(CancellationToken cancellation)
    {
        var silo = engine.Silo ?? throw new InvalidOperationException("The engine has not joined.");
        var declared = await store.Store.Generations.DeclareAsync(
            silo, proposals, config.IndexedPaths, cancellation);
        declaredBy = silo;
        return declared;
    }

    // An engine that was declared dead and has joined again is another silo.
    private Task DeclareAgainAsync(CancellationToken cancellation) =>
        engine.Silo is { } silo && silo != declaredBy ? DeclareAsync(cancellation) : Task.CompletedTask;

    private GenerationControl NewGenerations(
        GenerationBook book, ContributionCalculator contributions, PluginHost plugins)
    {
        var bound = Ids(book);
        return new GenerationControl(references.Grains, store.Store.Generations, book, feeds: true, changed =>
        {
            LogChanged();
            contributions.Replace(changed.Declared, changed.IndexedPaths, changed.Stored.Version);
            // Activities that run are not in vain when nothing changes for plugins.
            if (!Ids(changed).SequenceEqual(bound))
            {
                bound = Ids(changed);
                plugins.Bind(changed.Bound);
            }

            engine.Definitions = changed.Stored.Version;
        });
    }

    private static IReadOnlyList<int> Ids(GenerationBook book) => [.. book.Bound.Select(static row => row.Id)];
}
