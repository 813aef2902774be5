using Tributary.Messages;
using Tributary.Storage.Ledger;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Ledger;

/// <summary>Reads the ledger and, on request, counts its rows anew.</summary>
internal sealed class SqliteLedger(SqliteReaders readers) : ILedgerReads
{
    public ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation) =>
        readers.ReadAsync(connection => Read(connection, recount), cancellation);

    private static LedgerReport Read(SqliteConnection connection, bool recount)
    {
        var bySource = new Dictionary<string, LedgerCounts>();
        var select = connection.Prepare(
            """
            select source, sum(accepted), sum(completed), sum(skipped), sum(processing), sum(retrying), sum(parked)
            from ledger group by source
            """);
        while (select.Step())
        {
            bySource.Add(select.Text(0), new LedgerCounts(
                select.Int64(1), select.Int64(2), select.Int64(3), select.Int64(4), select.Int64(5), select.Int64(6)));
        }

        return Recount.Report(bySource, recount ? CountRows(connection) : null);
    }

    private static LedgerCounts CountRows(SqliteConnection connection)
    {
        var messages = connection.Prepare("select count(*) from messages");
        messages.Step();
        var accepted = messages.Int64(0);
        messages.Reset();

        var byStatus = new Dictionary<MessageStatus, long>();
        var pending = connection.Prepare(
            // The lowest status number among the parts is the status of the message.
            "select status, count(*) from (select min(status) as status from pending group by position) group by status"
        );
        while (pending.Step())
            byStatus.Add((MessageStatus)pending.Int32(0), pending.Int64(1));

        return Recount.Of(accepted, byStatus);
    }
}
