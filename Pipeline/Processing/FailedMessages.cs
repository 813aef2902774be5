using Tributary.Items;
using Tributary.Storage.Failures;

namespace Tributary.Pipeline.Processing;

/// <summary>
/// Changes many failures at once: finds them in the store, and asks the items. The item decides, so a change that two
/// callers ask for at once is made once.
/// </summary>
public sealed class FailedMessages(IRoundGrains grains, IFailureReads failures)
{
    /// <summary>Failures that one call looks at.</summary>
    public const int MaxChangesCount = 1_000;

    /// <summary>Items that are asked at once.</summary>
    private const int MaxAskedCount = 100;

    /// <summary>Tries failed parts again now.</summary>
    public ValueTask<BulkChange> RetryAsync(PartFilter filter, PartMark? after, CancellationToken cancellation) =>
        ChangeAsync(
            filter,
            after,
            static async (item, sequence, plugins) =>
                (await item.Retry(new RetryRequest(sequence, plugins))).Started.Count > 0,
            cancellation);

    /// <summary>Gives up parts that wait to be tried again.</summary>
    public ValueTask<BulkChange> ParkAsync(PartFilter filter, PartMark? after, CancellationToken cancellation) =>
        ChangeAsync(
            filter,
            after,
            static async (item, sequence, plugins) =>
                (await item.Park(new ParkRequest(sequence, plugins))).Parked.Count > 0,
            cancellation);

    private async ValueTask<BulkChange> ChangeAsync(
        PartFilter filter,
        PartMark? after,
        Func<IItemGrain, long, IReadOnlyList<string>, Task<bool>> change,
        CancellationToken cancellation)
    {
        var page = await failures.ReadPartsAsync(filter, after, MaxChangesCount, cancellation);
        var changed = 0;
        // One request per message: its parts stand together.
        var messages = page.Parts.GroupBy(part => part.Message.Position).Select(parts => parts.ToList());
        foreach (var group in messages.Chunk(MaxAskedCount))
        {
            var answers = await Task.WhenAll(group.Select(parts => change(
                grains.GetGrain<IItemGrain>(parts[0].Item),
                parts[0].Message.ItemSequence,
                [.. parts.Select(part => part.Part.Plugin)])));
            changed += answers.Count(answer => answer);
        }

        return new BulkChange(page.Parts.Count, changed, page.IsComplete ? null : page.ScannedTo);
    }
}

/// <param name="MatchedCount">Failures that were found.</param>
/// <param name="ChangedCount">Messages that were changed; somebody else changed the others meanwhile.</param>
/// <param name="Next">Where to go on; null when all were looked at.</param>
public sealed record BulkChange(int MatchedCount, int ChangedCount, PartMark? Next);
