using System.Globalization;
using Npgsql;
using Tributary.Storage.Generations;
using Tributary.Storage.Postgres.Indexing;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Generations;

/// <summary>Keeps what is fed as the living silos need it: see <see cref="FedGenerations"/>.</summary>
internal static class PostgresFedGenerations
{
    // Above every transaction that has ended: rounds of earlier versions are among them, because the new version was
    // written to the row of each silo, which a round locks from its fence to its end.
    private static readonly string Place = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        update definitions set fed_from = pg_snapshot_xmax(pg_current_snapshot())::text::bigint << {Position.IndexBits}
        where is_fed and fed_from is null
        """);

    /// <summary>All definitions, in one snapshot.</summary>
    public static async Task<StoredDefinitions> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellation);
        var stored = await ReadNowAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return stored;
    }

    /// <summary>
    /// Changes what is fed, within a transaction that changes definitions alone. The new version is written to the rows
    /// of all living silos, and so waits for the rounds that are being committed.
    /// </summary>
    public static async Task ChangeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var all = await PostgresDefinitions.ReadAllAsync(connection, cancellation);
        var declared = await ReadDeclaredAsync(connection, cancellation);
        var changes = FedGenerations.Changes(all, declared);
        var paths = FedPaths.Changes(await PostgresFedPaths.ReadAsync(connection, cancellation), declared.Count > 0);
        if (changes.Count == 0 && paths.Count == 0)
            return;
        await PostgresDefinitions.RunAsync(
            connection,
            "update definitions set is_fed = not is_fed, fed_from = null where id = any($1)",
            cancellation, PostgresDefinitions.Ids([.. changes.Keys]));
        await PostgresFedPaths.ChangeAsync(connection, paths.Keys, cancellation);
        await PostgresDefinitions.RunAsync(connection, "update meta set definitions = definitions + 1", cancellation);
        await PostgresDefinitions.RunAsync(
            connection,
            """
            with living as (select id from silos where status <> 'dead' order by id for update)
            update silos set definitions = (select definitions from meta) where id in (select id from living)
            """,
            cancellation);
    }

    /// <summary>
    /// Finds the positions of generations and paths that are fed since a change. That change is durable: every round
    /// that counts by an earlier version has ended.
    /// </summary>
    public static async Task PlaceAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LockAsync(connection, cancellation);
        await PostgresDefinitions.RunAsync(connection, Place, cancellation);
        await PostgresFedPaths.OpenAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Changes of definitions are made one after the other; reads go on beside them.</summary>
    public static Task LockAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        PostgresDefinitions.RunAsync(
            connection, "lock table definitions in share row exclusive mode", cancellation);

    private static async Task<StoredDefinitions> ReadNowAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        var all = await PostgresDefinitions.ReadAllAsync(connection, cancellation);
        var declared = await ReadDeclaredAsync(connection, cancellation);
        var paths = await PostgresFedPaths.ReadAsync(connection, cancellation);
        await using var version = new NpgsqlCommand("select definitions from meta", connection);
        return new StoredDefinitions(
            (long)(await version.ExecuteScalarAsync(cancellation))!, all,
            FedGenerations.Changes(all, declared).Count > 0 || FedPaths.IsDue(paths, declared.Count > 0)
                || all.Any(static row => row is { IsFed: true, FedFrom: null }))
        {
            IndexedPaths = FedPaths.Of(paths),
        };
    }

    private static async Task<Dictionary<SiloId, HashSet<int>>> ReadDeclaredAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select s.id, d.definition from silos s left join declarations d on d.silo = s.id
            where s.status <> 'dead' and s.has_declared
            """,
            connection);
        var declared = new Dictionary<SiloId, HashSet<int>>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var silo = new SiloId(reader.GetInt64(0));
            if (!declared.TryGetValue(silo, out var ids))
                declared.Add(silo, ids = []);
            if (!reader.IsDBNull(1))
                ids.Add(reader.GetInt32(1));
        }

        return declared;
    }
}
