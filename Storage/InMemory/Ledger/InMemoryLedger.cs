using Tributary.Storage.Ledger;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Ledger;

/// <summary>Reads the ledger and, when asked, the rows that it counts.</summary>
internal sealed class InMemoryLedger(InMemoryDatabase database, InMemoryGate gate) : ILedgerReads
{
    public ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
            Recount.Report(
                database
                    .Processing.Ledger.GroupBy(row => row.Key.Source)
                    .ToDictionary(
                        group => group.Key,
                        group => group.Aggregate(default(LedgerCounts), (sum, row) => Recount.Add(sum, row.Value))),
                recount ? Recount.Of(database.MessageRows.Count, database.Processing.CountByStatus()) : null));
}
