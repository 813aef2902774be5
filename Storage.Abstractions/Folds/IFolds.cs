namespace Tributary.Storage.Folds;

/// <summary>
/// Folds the sums that commits keep per incarnation, so that reads of them cost as much after a thousand restarts as
/// after one. No read can tell before from after.
/// </summary>
public interface IFolds
{
    /// <summary>
    /// One step, in a transaction of its own. Ledger rows of dead silos become rows of no silo. Tallies below the
    /// horizon, of whichever silo, become rows that hold many commits each, in the one order of positions. Rows of
    /// silos that have been dead for <paramref name="keep"/> go when nothing refers to them. Of steps at the same
    /// time, by any processes, one folds and the others do nothing.
    /// </summary>
    /// <param name="limit">The most rows of each kind that go.</param>
    /// <param name="keep">
    /// A process that stood still for longer finds no row of its silo: see <see cref="Rounds.IPartitionStore.
    /// ResolveAsync"/>.
    /// </param>
    ValueTask<FoldStep> FoldAsync(int limit, TimeSpan keep, CancellationToken cancellation);
}

/// <summary>How many rows a step has folded or removed.</summary>
/// <param name="LedgerCount">Rows of the ledger.</param>
/// <param name="TallyCount">Tallies, one for each commit with messages.</param>
/// <param name="SiloCount">Rows of dead silos.</param>
/// <param name="IsMore">True when a further step would find more at once.</param>
public readonly record struct FoldStep(int LedgerCount, int TallyCount, int SiloCount, bool IsMore)
{
    public static FoldStep Of(int ledgerCount, int tallyCount, int siloCount, int limit) =>
        new(
            ledgerCount, tallyCount, siloCount,
            ledgerCount == limit || tallyCount == limit || siloCount == limit);
}
