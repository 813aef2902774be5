using Tributary.Storage;
using Tributary.Storage.Folds;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Folds what incarnations left in the database, in the background. Every silo does so, and the database lets one at a
/// time.
/// </summary>
internal sealed partial class NodeFolds(
    NodeBackground background, NodeStore store, TimeProvider time, ILogger<NodeFolds> logger)
{
    private readonly FoldOptions options = new();

    public void Begin() => background.Run("The fold of what incarnations left", RunAsync);

    private async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(options.Interval, time, stopping);
            try
            {
                await FoldAsync(stopping);
            }
            catch (StoreException error) when (error.IsPassing)
            {
                // The next fold does what this one has not.
                LogNotFolded(error.Message);
            }
        }
    }

    private async Task FoldAsync(CancellationToken stopping)
    {
        while (true)
        {
            var step = await store.Store.Folds.FoldAsync(options.MaxStepRowsCount, options.KeepDead, stopping);
            if (step != default)
                LogFolded(step.LedgerCount, step.TallyCount, step.SiloCount);
            if (!step.IsMore)
                return;
            await Task.Delay(options.StepPause, time, stopping);
        }
    }
}
