using Tributary.Storage.Folds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Folds;

/// <inheritdoc cref="IFolds"/>
internal sealed class SqliteFolds(SqliteWriter writer, TimeProvider time) : IFolds
{
    private const string OfDeadSilos =
        "from ledger where silo in (select id from silos where status = 'dead') order by silo, source, hour limit ?";

    public ValueTask<FoldStep> FoldAsync(int limit, TimeSpan keep, CancellationToken cancellation) =>
        writer.WriteAsync(
            connection => FoldStep.Of(
                FoldLedger(connection, limit), SqliteTallies.Fold(connection, limit),
                RemoveSilos(connection, limit, keep), limit),
            cancellation);

    private static int FoldLedger(SqliteConnection connection, int limit)
    {
        connection.Prepare(
                $"""
                insert into ledger(silo, source, hour, accepted, completed, skipped, processing, retrying, parked)
                select 0, source, hour, sum(accepted), sum(completed), sum(skipped), sum(processing), sum(retrying),
                    sum(parked)
                from (select * {OfDeadSilos}) where true group by source, hour
                on conflict (silo, source, hour) do update set
                    accepted = accepted + excluded.accepted, completed = completed + excluded.completed,
                    skipped = skipped + excluded.skipped, processing = processing + excluded.processing,
                    retrying = retrying + excluded.retrying, parked = parked + excluded.parked
                """)
            .Bind(limit).Run();
        return connection.Prepare(
                $"delete from ledger where (silo, source, hour) in (select silo, source, hour {OfDeadSilos})")
            .Bind(limit).Run();
    }

    // A silo that owns a partition keeps its row: takes need it as the proof that the owner is dead.
    private int RemoveSilos(SqliteConnection connection, int limit, TimeSpan keep)
    {
        var now = time.GetUtcNow();
        connection.Prepare("update silos set died_at = ? where status = 'dead' and died_at is null").Bind(now).Run();
        var select = connection.Prepare(
                """
                select id from silos s
                where status = 'dead' and died_at <= ?
                    and not exists(select 1 from partitions where silo = s.id)
                    and not exists(select 1 from ledger where silo = s.id)
                    and not exists(select 1 from tallies where silo = s.id)
                order by id limit ?
                """)
            .Bind(now - keep).Bind(limit);
        var gone = new List<long>();
        while (select.Step())
            gone.Add(select.Int64(0));
        foreach (var silo in gone)
        {
            connection.Prepare("delete from declarations where silo = ?").Bind(silo).Run();
            connection.Prepare("delete from declared_paths where silo = ?").Bind(silo).Run();
            connection.Prepare("delete from silos where id = ?").Bind(silo).Run();
        }

        return gone.Count;
    }
}
