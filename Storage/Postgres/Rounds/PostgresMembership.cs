using System.Data;
using Npgsql;
using Tributary.Storage.Joins;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>Begins and ends incarnations, and resolves the outcome of a doubtful round.</summary>
internal sealed class PostgresMembership(PostgresOptions options, PostgresCommitter committer, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BackendEndLimit = TimeSpan.FromSeconds(10);

    /// <summary>The last incarnation of this process: it has ended when the process joins again.</summary>
    private SiloId? own;

    // Silos with higher ids belong to this process, also when it never learned that it had joined.
    private long? lastBefore;
    private bool isAfterCrash;

    public Task<Incarnation> JoinAsync(JoinRequest request, CancellationToken cancellation) => committer.RenewAsync(
        async session =>
        {
            lastBefore ??= await PostgresStarts.LastSiloAsync(session.Connection, cancellation);
            var observer = new SiloObserver(session.Connection, time, own, request.Address);
            var start = time.GetTimestamp();
            while (true)
            {
                var (dead, living) = await observer.ObserveAsync(cancellation);
                var stored = await ReadClusterAsync(session.Connection, cancellation);
                ClusterOfDatabase.Check(request, stored);
                if (!ClusterOfDatabase.MustBeFree(request, stored))
                {
                    // A silo of several ignores the others, except an earlier incarnation of its own.
                    isAfterCrash |= await observer.IsAnyUnlockedAsync(lastBefore.Value, cancellation);
                    dead = [.. dead.Where(silo => silo.Silo == own)];
                    living = null;
                }

                if (living is null && await RegisterAsync(session, dead, request, cancellation) is { } incarnation)
                {
                    own = incarnation.Silo;
                    return (incarnation, true);
                }

                // Right after a restart of the server no silo holds its lock yet: the wait begins when they have had
                // time.
                if (living is { IsServerFresh: true })
                    start = time.GetTimestamp();
                if (living is not null && time.GetElapsedTime(start) > options.JoinWait)
                {
                    throw ClusterOfDatabase.InUse(
                        request, stored, $"silo {living.Silo} at '{living.Address}', which is at round {living.Round}");
                }

                await Task.Delay(SiloObserver.Interval / 3, time, cancellation);
            }
        },
        cancellation);

    public async Task<RoundResolution> ResolveAsync(
        SiloId silo, long round, CancellationToken cancellation) => await committer.RenewAsync(
        async session =>
        {
            await EndBackendAsync(session.Connection, silo, cancellation);
            await using var transaction = await session.Connection.BeginTransactionAsync(cancellation);
            RoundResolution? resolution = null;
            await using (var command = Command(
                session.Connection,
                "select round, status, transaction_id, clock_timestamp() from silos where id = $1 for "
                + "update", silo.Value))
            await using (var reader = await command.ExecuteReaderAsync(cancellation))
            {
                if (await reader.ReadAsync(cancellation))
                {
                    resolution = reader.GetInt64(0) == round
                        ? new RoundResolution.Applied(
                            reader.GetInt64(2), new DateTimeOffset(reader.GetDateTime(3)))
                        : reader.GetString(1) == "dead"
                            ? new RoundResolution.Dead()
                            : new RoundResolution.NotApplied();
                }
            }

            if (resolution is RoundResolution.Applied applied)
            {
                resolution = applied with
                {
                    Owned = await PostgresPartitions.OwnedAsync(session.Connection, silo, cancellation),
                };
            }

            if (resolution is not (RoundResolution.Dead or null))
                await RegisterAsync(session, silo, cancellation);
            await transaction.CommitAsync(cancellation);
            // A dead silo keeps a session as well: its next commit must meet the fence.
            return (resolution, true);
        },
        cancellation) ?? throw Incarnations.Forgotten(silo);

    public Task LeaveAsync(SiloId silo, CancellationToken cancellation) => committer.RenewAsync(
        async session =>
        {
            await using var transaction = await session.Connection.BeginTransactionAsync(cancellation);
            await using (var partitions = Command(session.Connection,
                "update partitions set silo = null where silo = $1", silo.Value))
                await partitions.ExecuteNonQueryAsync(cancellation);
            await using (var row = Command(session.Connection,
                "update silos set status = 'dead' where id = $1", silo.Value))
                await row.ExecuteNonQueryAsync(cancellation);
            // After the silo's row, as notes lock it first: a note that is under way is waited for and taken back as
            // well.
            await PostgresStarts.TakeBackAsync(session.Connection, silo, cancellation);
            await transaction.CommitAsync(cancellation);
            return (true, false);
        },
        cancellation);

    /// <summary>
    /// Updates the status once. The update waits for a commit of the silo, which holds the row's lock. A commit that
    /// holds the lock longer than <see cref="PostgresOptions.Lease"/> is ended, which is always safe: its silo resolves
    /// its outcome.
    /// </summary>
    public async Task<bool> DeclareDeadAsync(NpgsqlConnection connection, SiloId silo, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var declare = Command(
                connection, "update silos set status = 'dead' where id = $1 and status <> 'dead'", silo.Value);
            try
            {
                var limitMs = (int)options.Lease.TotalMilliseconds;
                await using (var limit = new NpgsqlCommand($"set local lock_timeout = {limitMs}", connection))
                    await limit.ExecuteNonQueryAsync(cancellation);
                var isDeclared = await declare.ExecuteNonQueryAsync(cancellation) == 1;
                await transaction.CommitAsync(cancellation);
                return isDeclared;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable && attempt == 1)
            {
                await transaction.RollbackAsync(cancellation);
            }

            await EndBackendAsync(connection, silo, cancellation);
        }
    }

    /// <summary>
    /// Declares the dead silos dead and registers a new silo, in one transaction; null when another silo was faster.
    /// </summary>
    private async Task<Incarnation?> RegisterAsync(
        PostgresSession session, IReadOnlyList<ObservedSilo> dead, JoinRequest request, CancellationToken cancellation)
    {
        foreach (var silo in dead)
            await EndBackendAsync(session.Connection, silo.Silo, cancellation);

        await using var transaction = await session.Connection.BeginTransactionAsync(cancellation);
        await PostgresSession.LockJoinsAsync(session.Connection, cancellation);

        foreach (var silo in dead)
        {
            await using var declare = Command(
                session.Connection,
                "update silos set status = 'dead' where id = $1 and round = $2 and status <> 'dead'",
                silo.Silo.Value,
                silo.Round);
            if (await declare.ExecuteNonQueryAsync(cancellation) != 1)
                return null;
        }

        var stored = await ReadClusterAsync(session.Connection, cancellation);
        ClusterOfDatabase.Check(request, stored);
        await using (
            var others = Command(session.Connection, "select exists(select from silos where status <> 'dead')"))
        {
            if (ClusterOfDatabase.MustBeFree(request, stored)
                && (bool)(await others.ExecuteScalarAsync(cancellation))!)
            {
                return null;
            }
        }

        if (request.Cluster != stored)
            await WriteClusterAsync(session.Connection, request.Cluster, cancellation);

        var incarnation = await InsertAsync(session, request.Address, cancellation);
        await using (var unscoped = Command(session.Connection, "select exists(select from external_ids)"))
            incarnation =
                incarnation with { HasUnscopedExternalIds = (bool)(await unscoped.ExecuteScalarAsync(cancellation))! };
        // Before the commit, so that no other silo sees this silo without its lock.
        if (!await session.TryLockAsync(incarnation.Silo, cancellation))
            throw new StoreException(
                StoreFault.Busy, $"Another session holds the lock of the new silo {incarnation.Silo}.");
        // Kept although the answer to the commit may be lost: then the next try finds these silos dead already.
        isAfterCrash |= dead.Any(silo => silo.Silo.Value <= lastBefore);
        await transaction.CommitAsync(cancellation);
        return incarnation with { IsAfterCrash = isAfterCrash };
    }

    private static async Task<string?> ReadClusterAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = Command(connection, "select cluster from meta");
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    private static async Task WriteClusterAsync(
        NpgsqlConnection connection, string? cluster, CancellationToken cancellation)
    {
        await using var command = Command(connection, "update meta set cluster = $1");
        command.Parameters.Add(
            new NpgsqlParameter { Value = (object?)cluster ?? DBNull.Value, DbType = DbType.String });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Incarnation> InsertAsync(
        PostgresSession session, string address, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into silos(
                address, status, round, transaction_id, backend_pid, backend_start, definitions, schema_version)
            values ($1, 'active', 0, 0, $2, $3, (select definitions from meta), $4)
            returning id, clock_timestamp(), definitions
            """,
            session.Connection);
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Rows.StorableText.Clean(address) });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = session.BackendPid });
        insert.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = session.BackendStart });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PostgresSchema.Version });
        await using var reader = await insert.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Incarnation(new SiloId(reader.GetInt64(0)), new DateTimeOffset(reader.GetDateTime(1)))
        {
            Definitions = reader.GetInt64(2),
        };
    }

    /// <summary>
    /// Ends the session that commits for a silo, and waits until it is gone: then nothing of it can become durable.
    /// </summary>
    private async Task EndBackendAsync(NpgsqlConnection connection, SiloId silo, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            await using var command = Command(
                connection,
                """
                select pg_terminate_backend(a.pid) from pg_stat_activity a
                join silos s on s.backend_pid = a.pid and s.backend_start = a.backend_start
                where s.id = $1 and a.pid <> pg_backend_pid()
                """,
                silo.Value);
            if (await command.ExecuteScalarAsync(cancellation) is null)
                return;
            if (time.GetElapsedTime(start) > BackendEndLimit)
                throw new StoreException(
                    StoreFault.Transient,
                    $"The old session of silo {silo} does not end within {BackendEndLimit.TotalSeconds} s.");

            await Task.Delay(PollInterval, time, cancellation);
        }
    }

    private static async Task RegisterAsync(PostgresSession session, SiloId silo, CancellationToken cancellation)
    {
        if (!await session.TryLockAsync(silo, cancellation))
            throw new StoreException(
                StoreFault.Transient, $"The lock of silo {silo} is still held by its old session.");

        await using var update = Command(
            session.Connection, "update silos set backend_pid = $2, backend_start = $3 where id = $1", silo.Value);
        update.Parameters.Add(new NpgsqlParameter<int> { TypedValue = session.BackendPid });
        update.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = session.BackendStart });
        await update.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params long[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = parameter });
        return command;
    }
}
