using Npgsql;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres.Rounds;

/// <param name="IsServerFresh">True when the server has just started: a free lock proves nothing yet.</param>
internal sealed record ObservedSilo(
    SiloId Silo, string Address, long Round, bool IsLocked, bool IsServerFresh, bool IsLeaving);

/// <summary>Reads and marks the rows of silos.</summary>
internal static class PostgresSilos
{
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
                clock_timestamp() - pg_postmaster_start_time() < interval '3 seconds', s.status = 'leaving'
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
                    reader.GetBoolean(4), reader.GetBoolean(5)));
        }

        return silos;
    }

    public static async Task<IReadOnlyList<LivingSilo>> ReadLivingAsync(
        NpgsqlConnection connection, CancellationToken cancellation) =>
        [.. (await ReadAsync(connection, cancellation)).Select(static silo => new LivingSilo(
            silo.Silo, silo.Address, silo.Round, silo.IsLocked || silo.IsServerFresh, silo.IsLeaving))];

    /// <summary>The update waits for a commit of the silo, which holds the row's lock.</summary>
    public static async Task<bool> BeginLeaveAsync(
        NpgsqlConnection connection, SiloId silo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "update silos set status = 'leaving' where id = $1 and status <> 'dead'", connection);
        command.Parameters.Add(RoundChanges.Long(silo.Value));
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
