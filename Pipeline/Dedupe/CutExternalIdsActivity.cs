using Tributary.Grains.Dedupe;
using Tributary.Storage.ExternalIds;

namespace Tributary.Pipeline.Dedupe;

/// <summary>
/// Removes external ids that are no longer remembered, in bounded steps. Running twice removes nothing twice.
/// </summary>
public sealed class CutExternalIdsActivity(
    IExternalIds externalIds, TimeProvider time, DedupeOptions options) : IActivity
{
    public const string Name = DedupeGrain.CutActivity;

    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - options.Remember;
        var removed = 0L;
        for (var step = 0; step < options.MaxStepsCount; step++)
        {
            var cut = await externalIds.CutAsync(before, options.MaxStepRowsCount, cancellation);
            removed += cut;
            if (cut < options.MaxStepRowsCount)
                return new CutResult(removed, IsMore: false);
        }

        return new CutResult(removed, IsMore: true);
    }
}
