using Npgsql;
using Tributary.Storage.Generations;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Generations;

/// <summary>The rows of definitions and of what silos declared; see <see cref="IGenerations"/>.</summary>
internal static class PostgresDefinitions
{
    private const string Select =
        """
        select d.id, d.name, d.generation, d.hash, d.definition, d.created_at, d.lived_at, d.dropped_at,
            l.id is not null, d.needs_code, d.is_fed, d.fed_from
        from definitions d left join live_generations l on l.id = d.id
        """;

    public static async Task<DefinitionRow> EnsureAsync(
        NpgsqlConnection connection, DefinitionProposal proposal, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await FindAsync(connection, proposal, cancellation) is { } found && found.NeedsCode == proposal.NeedsCode)
            return found;
        await RunAsync(
            connection,
            """
            update definitions set needs_code = $3 where name = $1 and hash = $2 and dropped_at is null
            """,
            cancellation, Text(proposal.Name), Text(proposal.Hash), Flag(proposal.NeedsCode));
        if (await FindAsync(connection, proposal, cancellation) is { } marked)
            return marked;
        await InsertAsync(connection, proposal, now, cancellation);
        return (await FindAsync(connection, proposal, cancellation))!;
    }

    public static Task DeclareAsync(
        NpgsqlConnection connection, SiloId silo, IEnumerable<DefinitionRow> rows, CancellationToken cancellation) =>
        RunAsync(
            connection,
            """
            with had as (
                delete from declarations where silo = $1 and definition <> all($2)
            ), has as (
                insert into declarations(silo, definition)
                select $1, id from unnest($2) id where exists(select from silos where silos.id = $1)
                on conflict do nothing
            )
            update silos set has_declared = true where id = $1
            """,
            cancellation, RoundChanges.Long(silo.Value), Ids([.. rows.Select(static row => row.Id)]));

    public static Task MakeLiveAsync(
        NpgsqlConnection connection, IEnumerable<DefinitionRow> rows, DateTimeOffset now,
        CancellationToken cancellation) =>
        RunAsync(
            connection,
            """
            with live as (
                insert into live_generations(name, id) select name, id from definitions where id = any($1)
                on conflict (name) do update set id = excluded.id
            )
            update definitions set lived_at = coalesce(lived_at, $2) where id = any($1)
            """,
            cancellation, Ids([.. rows.Select(static row => row.Id)]), Time(now));

    public static Task DropAsync(
        NpgsqlConnection connection, IEnumerable<DefinitionRow> rows, DateTimeOffset now,
        CancellationToken cancellation) =>
        RunAsync(
            connection,
            "update definitions set dropped_at = coalesce(dropped_at, $2) where id = any($1)",
            cancellation, Ids([.. rows.Select(static row => row.Id)]), Time(now));

    public static async Task<IReadOnlyList<DefinitionRow>> ReadAllAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Select} order by d.id", connection);
        return await PostgresRows.ReadAllAsync(command, Read, cancellation);
    }

    public static async Task RunAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static NpgsqlParameter Ids(int[] ids) => new NpgsqlParameter<int[]> { TypedValue = ids };

    private static async Task<DefinitionRow?> FindAsync(
        NpgsqlConnection connection, DefinitionProposal proposal, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"{Select} where d.name = $1 and d.hash = $2 and d.dropped_at is null order by d.generation desc limit 1",
            connection);
        command.Parameters.Add(Text(proposal.Name));
        command.Parameters.Add(Text(proposal.Hash));
        return (await PostgresRows.ReadAllAsync(command, Read, cancellation)).SingleOrDefault();
    }

    private static Task InsertAsync(
        NpgsqlConnection connection, DefinitionProposal proposal, DateTimeOffset now,
        CancellationToken cancellation) => RunAsync(
        connection,
        """
        with made as (
            insert into definitions(name, generation, hash, definition, created_at, needs_code, lived_at)
            values ($1, (select coalesce(max(generation), 0) + 1 from definitions where name = $1), $2, $3, $4, $5,
                case when exists (select from live_generations where name = $1) then null else $4 end)
            returning id, name, lived_at
        )
        insert into live_generations(name, id) select name, id from made where lived_at is not null
        """,
        cancellation, Text(proposal.Name), Text(proposal.Hash),
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = proposal.Definition }, Time(now),
        Flag(proposal.NeedsCode));

    private static NpgsqlParameter<string> Text(string text) => new() { TypedValue = text };

    private static NpgsqlParameter<bool> Flag(bool flag) => new() { TypedValue = flag };

    private static NpgsqlParameter Time(DateTimeOffset time) => RoundChanges.Long(Instant.ToTicks(time));

    private static DefinitionRow Read(NpgsqlDataReader row) =>
        new(
            row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetFieldValue<byte[]>(4),
            Instant.FromTicks(row.GetInt64(5)))
        {
            LivedAt = row.IsDBNull(6) ? null : Instant.FromTicks(row.GetInt64(6)),
            DroppedAt = row.IsDBNull(7) ? null : Instant.FromTicks(row.GetInt64(7)),
            IsLive = row.GetBoolean(8),
            NeedsCode = row.GetBoolean(9),
            IsFed = row.GetBoolean(10),
            FedFrom = row.IsDBNull(11) ? null : new Position(row.GetInt64(11)),
        };
}
