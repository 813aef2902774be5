using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;
using Tributary.Silo.Hosting.Generations;

namespace Tributary.Silo.Hosting.Node;

/// <summary>The generations as the database has them, for a process that feeds none.</summary>
internal sealed partial class StoredGenerations(
    NodeStore store, DefinitionsLook look, ILogger<StoredGenerations> logger)
{
    /// <summary>Reads them, and again and again until the node stops.</summary>
    public async Task<Definitions> OpenAsync(IRoundGrains grains, CancellationToken cancellation)
    {
        var book = new GenerationBook(await store.Store.Generations.ReadAsync(cancellation), []);
        var generations = new GenerationControl(
            grains, store.Store.Generations, book, feeds: false, _ => LogChanged());
        look.Begin(generations);
        return new Definitions(generations, new ContributionCalculator(book.Declared, []));
    }
}
