using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Postgres.Generations;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Indexing;

/// <summary>Keeps the paths that are fed as the living silos name them: see <see cref="FedPaths"/>.</summary>
internal static class PostgresFedPaths
{
    // A silo of an earlier version declares no paths: it extracts those that had open spans when it joined.
    private const int SchemaVersion = 13;

    // Above every transaction that has ended and below every later one. The horizon does not serve here: a transaction
    // of another program may hold it below stored messages.
    private static readonly string Here = string.Create(
        CultureInfo.InvariantCulture, $"pg_snapshot_xmax(pg_current_snapshot())::text::bigint << {Position.IndexBits}");

    // Silos that extract a path a little longer do no harm: a search looks only into spans. So a span ends before the
    // rounds under way do.
    private static readonly string Change =
        $"""
        with changed as (update indexed_paths set is_fed = not is_fed where id = any($1) returning id, is_fed)
        update indexed_spans s set until = {Here} from changed c
        where c.id = s.path and not c.is_fed and s.until is null
        """;

    private static readonly string Open =
        $"""
        insert into indexed_spans(path, since) select p.id, {Here} from indexed_paths p
        where p.is_fed and not exists(select from indexed_spans s where s.path = p.id and s.until is null)
        """;

    private static readonly string Select = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        select p.id, p.pointer, p.is_fed, p.is_open,
            case when exists(select from silos where status <> 'dead' and schema_version < {SchemaVersion})
                then p.is_open
                else exists(
                    select from declared_paths d join silos s on s.id = d.silo
                    where d.path = p.id and s.status <> 'dead')
            end
        from (
            select *, exists(select from indexed_spans s where s.path = i.id and s.until is null) as is_open
            from indexed_paths i
        ) p order by p.id
        """);

    /// <summary>Replaces the paths that the silo names, within a transaction that changes definitions alone.</summary>
    /// <exception cref="StoreException">See <see cref="FedPaths.CheckCount"/>.</exception>
    public static async Task DeclareAsync(
        NpgsqlConnection connection, SiloId silo, IReadOnlyList<string> pointers, CancellationToken cancellation)
    {
        FedPaths.CheckCount(pointers, await ReadNamedByOthersAsync(connection, silo, cancellation));
        await PostgresDefinitions.RunAsync(
            connection,
            """
            insert into indexed_paths(pointer) select w.pointer from unnest($1) with ordinality w(pointer, n)
            where not exists(select from indexed_paths p where p.pointer = w.pointer) order by w.n
            """,
            cancellation, Texts(pointers));
        await PostgresDefinitions.RunAsync(
            connection,
            """
            with had as (
                delete from declared_paths d using indexed_paths p
                where d.silo = $1 and p.id = d.path and p.pointer <> all($2)
            )
            insert into declared_paths(silo, path) select s.id, p.id from silos s, indexed_paths p
            where s.id = $1 and p.pointer = any($2) on conflict do nothing
            """,
            cancellation, RoundChanges.Long(silo.Value), Texts(pointers));
    }

    /// <summary>
    /// All paths. While a silo of an earlier version lives, those with open spans count as named, and no others: it
    /// would not extract a path that begins.
    /// </summary>
    public static async Task<IReadOnlyList<PathRow>> ReadAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Select, connection);
        return await PostgresRows.ReadAllAsync(
            command,
            static row => new PathRow(
                row.GetInt32(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4)),
            cancellation);
    }

    /// <summary>Changes what is fed, and ends spans of what is not, in the transaction of the new version.</summary>
    public static Task ChangeAsync(
        NpgsqlConnection connection, IEnumerable<int> changed, CancellationToken cancellation) =>
        PostgresDefinitions.RunAsync(connection, Change, cancellation, PostgresDefinitions.Ids([.. changed]));

    /// <summary>
    /// Begins the spans of paths that are fed since a change. That change is durable: every round that extracts by an
    /// earlier version has ended.
    /// </summary>
    public static Task OpenAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        PostgresDefinitions.RunAsync(connection, Open, cancellation);

    private static async Task<IReadOnlyList<string>> ReadNamedByOthersAsync(
        NpgsqlConnection connection, SiloId silo, CancellationToken cancellation)
    {
        await using var command = PostgresRows.Command(
            connection,
            """
            select distinct p.pointer from declared_paths d join silos s on s.id = d.silo
            join indexed_paths p on p.id = d.path where s.status <> 'dead' and s.id <> $1
            """,
            silo.Value);
        return await PostgresRows.ReadAllAsync(command, static row => row.GetString(0), cancellation);
    }

    private static NpgsqlParameter Texts(IReadOnlyList<string> texts) => new NpgsqlParameter<string[]>
    {
        TypedValue = [.. texts],
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
    };
}
