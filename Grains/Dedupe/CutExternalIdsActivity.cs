using Tributary.Runtime.Store;

namespace Tributary.Grains;

/// <summary>Removes external ids that are no longer remembered, in bounded steps. Running twice removes nothing twice.</summary>
public sealed class CutExternalIdsActivity(IMessageLog log, TimeProvider time, DedupeOptions options) : IActivity
{
    public const string Name = "cut-external-ids";

    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(GrainId owner, int attempt, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - options.Remember;
        var removed = 0L;
        for (var step = 0; step < options.MaxStepsCount; step++)
        {
            var cut = await log.CutExternalIdsAsync(before, options.MaxStepRowsCount, cancellation);
            removed += cut;
            if (cut < options.MaxStepRowsCount)
                return CutResult.Write(removed, isMore: false);
        }

        return CutResult.Write(removed, isMore: true);
    }
}
