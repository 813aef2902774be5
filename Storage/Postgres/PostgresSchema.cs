using System.Globalization;
using Npgsql;
using Tributary.Storage.Migrations;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Postgres;

/// <summary>Creates and migrates the database, one process at a time.</summary>
internal static class PostgresSchema
{
    private const long MigrationLock = ((long)PostgresSession.LockClass << 32) | 0xFFFF_FFFF;

    private static readonly IReadOnlyList<Migration> Known = Migration.Load("Postgres");

    /// <summary>The newest version that this build knows.</summary>
    public static int Version => Known[^1].Version;

    /// <summary>Migrates the database to this build's version and returns its facts.</summary>
    public static async Task<StoreFacts> OpenAsync(
        NpgsqlConnection connection, PostgresOptions options, CancellationToken cancellation)
    {
        // One transaction over all migrations: another process that starts at the same time waits here and finds
        // nothing to do.
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture,
                $"set local lock_timeout = {(int)options.MigrationLockTimeout.TotalMilliseconds}; select "
                + $"pg_advisory_xact_lock({MigrationLock})"),
            cancellation);
        await ExecuteAsync(
            connection,
            "create table if not exists schema_migrations(version int primary key, name text not null, applied_at "
            + "timestamptz not null default now())",
            cancellation);

        foreach (var migration in Migration.Missing(Known, await ReadAppliedAsync(connection, cancellation)))
        {
            await ExecuteAsync(connection, migration.Sql, cancellation);
            if (migration.Version == 1)
                await CreateAsync(connection, options.PartitionCount, cancellation);
            await ExecuteAsync(
                connection,
                $"insert into schema_migrations(version, name) values ({migration.Version}, '{migration.Name}')",
                cancellation);
        }

        await transaction.CommitAsync(cancellation);
        await CheckCounterAsync(connection, cancellation);
        await using var command = new NpgsqlCommand("select history_id, partition_count from meta", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            throw new StoreException(
                StoreFault.Fatal, "The database has no row in meta: it was not created by Tributary, or is damaged.");
        return new StoreFacts(reader.GetGuid(0), reader.GetInt32(1));
    }

    private static async Task<HashSet<int>> ReadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select version from schema_migrations", connection);
        return [.. await PostgresRows.ReadAllAsync(command, row => row.GetInt32(0), cancellation)];
    }

    /// <summary>
    /// Positions come from the server's transaction counter: on a server with a lower counter, new positions would come
    /// before stored ones.
    /// </summary>
    private static async Task CheckCounterAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var sql = $"""
            select greatest(
                    (select max(position) from messages),
                    (select max(transaction_id) << {Position.IndexBits} from silos))
                >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint << {Position.IndexBits}
            """;
        if (await ScalarAsync(connection, sql, cancellation) is true)
        {
            throw new StoreException(
                StoreFault.Fatal,
                "The database was restored onto a server whose transaction counter is behind its messages. Advance the "
                + "counter of the stopped server (pg_resetwal with --epoch) beyond that of the server the messages "
                + "come from.");
        }
    }

    private static Task CreateAsync(
        NpgsqlConnection connection, int partitionCount, CancellationToken cancellation) => ExecuteAsync(
        connection,
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            insert into meta(id, history_id, partition_count) values (1, '{Guid.NewGuid():D}', {partitionCount});
            insert into partitions(id) select generate_series(0, {partitionCount - 1});
            """),
        cancellation);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<object?> ScalarAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation);
    }
}
