using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Folds;

namespace Tributary.Storage.Postgres.Folds;

/// <inheritdoc cref="IFolds"/>
internal sealed class PostgresFolds(PostgresReaders readers) : IFolds
{
    // A silo of an earlier version would not count what is folded.
    private const int SchemaVersion = 12;

    public ValueTask<FoldStep> FoldAsync(int limit, TimeSpan keep, CancellationToken cancellation) =>
        readers.RunAsync(connection => FoldAsync(connection, limit, keep, cancellation), cancellation);

    private static async Task<FoldStep> FoldAsync(
        NpgsqlConnection connection, int limit, TimeSpan keep, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await MayFoldAsync(connection, cancellation))
            return default;

        var ledger = await FoldLedgerAsync(connection, limit, cancellation);
        var tallies = await PostgresTallies.FoldAsync(connection, limit, cancellation);
        var silos = await RemoveSilosAsync(connection, limit, keep, cancellation);
        await transaction.CommitAsync(cancellation);
        return FoldStep.Of(ledger, tallies, silos, limit);
    }

    // The lock ends with the transaction: a step after it sees all of this one, because each statement has a snapshot
    // of its own.
    private static async Task<bool> MayFoldAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = PostgresRows.Command(
            connection,
            "select pg_try_advisory_xact_lock($1) "
            + "and not exists(select from silos where status <> 'dead' and schema_version < $2)",
            PostgresSession.FoldLock, SchemaVersion);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    // A silo whose row says dead commits nothing more, and its last commit came before the row said so: its rows are
    // final.
    private static async Task<int> FoldLedgerAsync(
        NpgsqlConnection connection, int limit, CancellationToken cancellation)
    {
        await using var command = PostgresRows.Command(
            connection,
            """
            with gone as (
                delete from ledger where ctid = any(array(
                    select l.ctid from silos s join ledger l on l.silo = s.id where s.status = 'dead' limit $1))
                returning *),
            sums as (
                select source, hour, sum(accepted)::bigint, sum(completed)::bigint, sum(skipped)::bigint,
                    sum(processing)::bigint, sum(retrying)::bigint, sum(parked)::bigint
                from gone group by source, hour),
            added as (
                insert into ledger as l (silo, source, hour, accepted, completed, skipped, processing, retrying, parked)
                select 0, * from sums
                on conflict (silo, source, hour) do update set
                    accepted = l.accepted + excluded.accepted, completed = l.completed + excluded.completed,
                    skipped = l.skipped + excluded.skipped, processing = l.processing + excluded.processing,
                    retrying = l.retrying + excluded.retrying, parked = l.parked + excluded.parked)
            select count(*)::int from gone
            """,
            limit);
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    // A silo that owns a partition keeps its row: takes need it as the proof that the owner is dead. The row with the
    // highest transaction stays as well: it tells a server whose counter is behind.
    private static async Task<int> RemoveSilosAsync(
        NpgsqlConnection connection, int limit, TimeSpan keep, CancellationToken cancellation)
    {
        await using (var found = new NpgsqlCommand(
            "update silos set died_at = clock_timestamp() where status = 'dead' and died_at is null", connection))
            await found.ExecuteNonQueryAsync(cancellation);
        await using var command = PostgresRows.Command(
            connection,
            """
            with gone as (
                delete from silos where id = any(array(
                    select s.id from silos s
                    where s.status = 'dead' and s.died_at <= clock_timestamp() - $2
                        and s.transaction_id < (select max(transaction_id) from silos)
                        and not exists(select from partitions p where p.silo = s.id)
                        and not exists(select from ledger l where l.silo = s.id)
                        and not exists(select from tallies t where t.silo = s.id)
                    order by s.id limit $1))
                returning id),
            undeclared as (delete from declarations where silo in (select id from gone)),
            unnamed as (delete from declared_paths where silo in (select id from gone))
            select count(*)::int from gone
            """,
            limit);
        command.Parameters.Add(
            new NpgsqlParameter<TimeSpan> { TypedValue = keep, NpgsqlDbType = NpgsqlDbType.Interval });
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
