using Tributary.Storage.Folds;
using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Folds;

/// <inheritdoc cref="IFolds"/>
/// <remarks>The ledger in memory is not kept by silo, and has nothing to fold.</remarks>
internal sealed class InMemoryFolds(InMemoryDatabase database, InMemoryGate gate) : IFolds
{
    public ValueTask<FoldStep> FoldAsync(int limit, TimeSpan keep, CancellationToken cancellation) => gate.RunAsync(
        StoreCall.Log, () => FoldStep.Of(0, FoldTallies(limit), RemoveSilos(limit, keep), limit));

    private int FoldTallies(int limit)
    {
        var tallies = database.Silos.Values
            .SelectMany(static silo => silo.Tallies.Select(tally => (Silo: silo, Tally: tally)))
            .OrderBy(static owned => owned.Tally.First).Take(limit).ToList();
        var rows = FoldedTally.Add(
            database.FoldedTallies.LastOrDefault(),
            tallies.Select(static owned => new Tally(owned.Tally.First, owned.Tally.Count)));
        foreach (var row in rows)
        {
            // A row that has grown replaces the last one.
            if (database.FoldedTallies is [.., var last] && last.Position == row.Position)
                database.FoldedTallies.RemoveAt(database.FoldedTallies.Count - 1);
            database.FoldedTallies.Add(row);
        }

        foreach (var (silo, tally) in tallies)
            silo.Tallies.Remove(tally);
        return tallies.Count;
    }

    private int RemoveSilos(int limit, TimeSpan keep)
    {
        var now = database.Time.GetUtcNow();
        foreach (var silo in database.Silos.Values.Where(static silo => silo.IsDead))
            silo.DiedAt ??= now;
        var gone = database.Silos.Values
            .Where(silo => silo.DiedAt <= now - keep && IsUnused(silo))
            .OrderBy(static silo => silo.Id.Value).Take(limit).ToList();
        foreach (var silo in gone)
            database.Silos.Remove(silo.Id);
        return gone.Count;
    }

    private bool IsUnused(InMemorySilo silo) =>
        silo.Tallies.Count == 0 && Array.IndexOf(database.Partitions, silo.Id) < 0;
}
