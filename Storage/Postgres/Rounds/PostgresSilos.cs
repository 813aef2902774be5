using Npgsql;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres.Rounds;

/// <param name="IsServerFresh">True when the server has just started: a free lock proves nothing yet.</param>
internal sealed record ObservedSilo(
    SiloId Silo, string Address, long Round, bool IsLocked, bool IsServerFresh, bool IsLeaving,
    bool IsCordoned);

/// <summary>Reads and marks the rows of silos.</summary>
internal static class PostgresSilos
{
    private const int MaxCordonWaitMs = 5_000;
    private const int CordonsSchemaVersion = 12;

    /// <summary>The silos that are not declared dead, and whether their sessions hold their locks.</summary>
    public static async Task<List<ObservedSilo>> ReadAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select s.id, s.address, s.round,
                exists(
                    select from pg_locks l
                    where l.locktype = 'advisory' and l.classid = {PostgresSession.LockClass} and l.objid = s.id::oid
                        and l.objsubid = 1
                        and l.database = (select oid from pg_database where datname = current_database())),
                clock_timestamp() - pg_postmaster_start_time() < interval '3 seconds', s.status = 'leaving',
                s.is_cordoned
            from silos s where s.status <> 'dead' order by s.id
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var silos = new List<ObservedSilo>();
        while (await reader.ReadAsync(cancellation))
        {
            silos.Add(
                new ObservedSilo(
                    new SiloId(reader.GetInt64(0)), reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3),
                    reader.GetBoolean(4), reader.GetBoolean(5), reader.GetBoolean(6)));
        }

        return silos;
    }

    public static async Task<IReadOnlyList<LivingSilo>> ReadLivingAsync(
        NpgsqlConnection connection, CancellationToken cancellation) =>
        [.. (await ReadAsync(connection, cancellation)).Select(static silo => new LivingSilo(
            silo.Silo, silo.Address, silo.Round, silo.IsLocked || silo.IsServerFresh, silo.IsLeaving)
        {
            IsCordoned = silo.IsCordoned,
        })];

    /// <summary>The update waits for a commit of the silo, which holds the row's lock.</summary>
    public static async Task<bool> BeginLeaveAsync(
        NpgsqlConnection connection, SiloId silo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "update silos set status = 'leaving' where id = $1 and status <> 'dead'", connection);
        command.Parameters.Add(RoundChanges.Long(silo.Value));
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>
    /// Cordons are noted one after the other, so that two silos that are cordoned at once do not take each other for
    /// the one that stays.
    /// </summary>
    public static async Task<CordonOutcome> CordonAsync(
        NpgsqlConnection connection, SiloId silo, bool isCordoned, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // A silo that stands still in a commit holds its row: whoever asks is told to ask again.
        await using (var alone = new NpgsqlCommand(
            $"set local lock_timeout = {MaxCordonWaitMs}; select pg_advisory_xact_lock({PostgresSession.CordonLock})",
            connection))
            await alone.ExecuteNonQueryAsync(cancellation);
        await using var command = new NpgsqlCommand(
            """
            with asked as (select id from silos where id = $1 and status <> 'dead'),
            noted as (
                update silos s set is_cordoned = $2
                where s.id = (select id from asked) and s.status <> 'dead' and (not $2
                    or exists(
                        select from silos o where o.id <> $1 and o.status = 'active' and not o.is_cordoned)
                    and not exists(select from silos o where o.status <> 'dead' and o.schema_version < $3))
                returning s.id)
            select exists(select from asked), exists(select from noted),
                exists(select from silos where status <> 'dead' and schema_version < $3)
            """,
            connection);
        command.Parameters.Add(RoundChanges.Long(silo.Value));
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isCordoned });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = CordonsSchemaVersion });
        CordonOutcome outcome;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            outcome = !reader.GetBoolean(0) ? CordonOutcome.NotFound
                : reader.GetBoolean(1) ? CordonOutcome.Noted
                : reader.GetBoolean(2) ? CordonOutcome.EarlierVersion : CordonOutcome.LastSilo;
        }

        await transaction.CommitAsync(cancellation);
        return outcome;
    }
}
