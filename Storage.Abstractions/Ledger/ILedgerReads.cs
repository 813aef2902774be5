namespace Tributary.Storage.Ledger;

/// <summary>Reads of the ledger, which proves that every accepted message is in exactly one status.</summary>
public interface ILedgerReads
{
    /// <summary>
    /// The ledger's sums, and with <paramref name="recount"/> the same counted from the rows in the same snapshot.
    /// </summary>
    ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation);
}

/// <summary>How many messages are in which status; see <see cref="Balances"/>.</summary>
public readonly record struct LedgerCounts(
    long Accepted, long Completed, long Skipped, long Processing, long Retrying, long Parked)
{
    /// <summary>Every accepted message is in exactly one status.</summary>
    public bool Balances => Accepted == Completed + Skipped + Processing + Retrying + Parked;
}

/// <param name="Recounted">Counted from the rows, or null when that was not asked for.</param>
public sealed record LedgerReport(
    LedgerCounts Total, IReadOnlyDictionary<string, LedgerCounts> BySource, LedgerCounts? Recounted);
