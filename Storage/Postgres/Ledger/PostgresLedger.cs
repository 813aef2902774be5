using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Ledger;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Ledger;

/// <summary>Reads the ledger and, on request, counts its rows anew, in one statement and so in one snapshot.</summary>
internal sealed class PostgresLedger(PostgresReaders readers) : ILedgerReads
{
    public ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation) =>
        readers.RunAsync(connection => ReadAsync(connection, recount, cancellation), cancellation);

    private static async Task<LedgerReport> ReadAsync(
        NpgsqlConnection connection, bool recount, CancellationToken cancellation)
    {
        const string Sums =
            """
            select 'ledger' as kind, source, sum(accepted)::bigint, sum(completed)::bigint, sum(skipped)::bigint,
                sum(processing)::bigint, sum(retrying)::bigint, sum(parked)::bigint
            from ledger group by source
            """;
        // The lowest status number among the parts is the status of the message.
        const string Counts =
            """
            union all select 'messages', '', count(*), 0, 0, 0, 0, 0 from messages
            union all select 'pending', status::text, count(*), 0, 0, 0, 0, 0
                from (select min(status) as status from pending group by position) p group by status
            """;
        var bySource = new Dictionary<string, LedgerCounts>();
        var pending = new Dictionary<MessageStatus, long>();
        var messages = 0L;
        await using var command = new NpgsqlCommand(recount ? $"{Sums} {Counts}" : Sums, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            switch (reader.GetString(0))
            {
                case "ledger":
                    bySource.Add(
                        reader.GetString(1),
                        new LedgerCounts(
                            reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5),
                            reader.GetInt64(6), reader.GetInt64(7)));
                    break;
                case "messages":
                    messages = reader.GetInt64(2);
                    break;
                default:
                    pending.Add(Enum.Parse<MessageStatus>(reader.GetString(1)), reader.GetInt64(2));
                    break;
            }
        }

        return Recount.Report(bySource, recount ? Recount.Of(messages, pending) : null);
    }
}
