using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Generations;
using Tributary.Silo.Hosting.Generations;
using Tributary.Storage;

namespace Tributary.Silo.Hosting.Node;

/// <summary>The generations as the database has them, for a process that feeds none.</summary>
internal sealed partial class StoredGenerations(
    NodeStore store, NodeBackground background, TimeProvider time, ILogger<StoredGenerations> logger)
{
    /// <summary>How often it looks whether another process has switched.</summary>
    private static readonly TimeSpan RefreshDelay = TimeSpan.FromSeconds(1);

    /// <summary>Reads them, and again and again until the node stops.</summary>
    public async Task<Definitions> OpenAsync(IRoundGrains grains, CancellationToken cancellation)
    {
        var rows = await store.Store.Generations.ReadDefinitionsAsync(cancellation);
        var book = new GenerationBook(rows, [], 0) { IsReader = true };
        // Silos feed generations; this process does not.
        var generations = new GenerationControl(grains, store.Store.Generations, book, _ => LogChanged());
        background.Run("The look for new generations", token => RefreshAsync(generations, token));
        return new Definitions(generations, new ContributionCalculator(book.Declared, []), Position.Start);
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
