using Npgsql;
using Tributary.Storage.Generations;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Generations;

/// <summary>The rows of definitions; see <see cref="IGenerations"/>.</summary>
internal static class PostgresDefinitions
{
    private const string Select =
        """
        select d.id, d.name, d.generation, d.hash, d.definition, d.created_at, d.lived_at, d.dropped_at,
            l.id is not null
        from definitions d left join live_generations l on l.id = d.id
        """;

    public static Task<IReadOnlyList<DefinitionRow>> RegisterAsync(
        NpgsqlConnection connection, IReadOnlyList<DefinitionProposal> proposals, DateTimeOffset now,
        CancellationToken cancellation) => AloneAsync<IReadOnlyList<DefinitionRow>>(
        connection,
        async () =>
        {
            var current = new List<DefinitionRow>(proposals.Count);
            foreach (var proposal in proposals)
            {
                if (await FindAsync(connection, proposal, cancellation) is null)
                    await InsertAsync(connection, proposal, now, cancellation);
                current.Add((await FindAsync(connection, proposal, cancellation))!);
            }

            return current;
        },
        cancellation);

    public static Task<IReadOnlyList<DefinitionRow>> SwitchAsync(
        NpgsqlConnection connection, IReadOnlyList<int> ids, DateTimeOffset now, CancellationToken cancellation) =>
        ChangeAsync(
            connection,
            known => GenerationRules.Switchable(known, ids),
            """
            with live as (
                insert into live_generations(name, id) select name, id from definitions where id = any($1)
                on conflict (name) do update set id = excluded.id
            )
            update definitions set lived_at = coalesce(lived_at, $2) where id = any($1)
            """,
            now,
            cancellation);

    public static Task<IReadOnlyList<DefinitionRow>> DropAsync(
        NpgsqlConnection connection, IReadOnlyList<int> ids, DateTimeOffset now, CancellationToken cancellation) =>
        ChangeAsync(
            connection,
            known => GenerationRules.Droppable(known, ids),
            "update definitions set dropped_at = coalesce(dropped_at, $2) where id = any($1)",
            now,
            cancellation);

    public static async Task<IReadOnlyList<DefinitionRow>> ReadAllAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Select} order by d.id", connection);
        return await PostgresRows.ReadAllAsync(command, Read, cancellation);
    }

    /// <summary>Changes the definitions that the rule picks; returns all as they are afterwards.</summary>
    /// <param name="sql">Takes the ids and the time.</param>
    private static Task<IReadOnlyList<DefinitionRow>> ChangeAsync(
        NpgsqlConnection connection,
        Func<IReadOnlyList<DefinitionRow>, IReadOnlyList<DefinitionRow>> pick,
        string sql,
        DateTimeOffset now,
        CancellationToken cancellation
    ) =>
        AloneAsync(
            connection,
            async () =>
            {
                var ids = pick(await ReadAllAsync(connection, cancellation)).Select(static row => row.Id).ToArray();
                await RunAsync(
                    connection, sql, cancellation, new NpgsqlParameter<int[]> { TypedValue = ids }, Time(now));
                return await ReadAllAsync(connection, cancellation);
            },
            cancellation);

    // Two silos that propose the same change make one generation of it, and two silos that switch do so one after the
    // other.
    private static async Task<T> AloneAsync<T>(
        NpgsqlConnection connection, Func<Task<T>> run, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunAsync(connection, "lock table definitions in share row exclusive mode", cancellation);
        var result = await run();
        await transaction.CommitAsync(cancellation);
        return result;
    }

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
            insert into definitions(name, generation, hash, definition, created_at, lived_at)
            values ($1, (select coalesce(max(generation), 0) + 1 from definitions where name = $1), $2, $3, $4,
                case when exists (select from live_generations where name = $1) then null else $4 end)
            returning id, name, lived_at
        )
        insert into live_generations(name, id) select name, id from made where lived_at is not null
        """,
        cancellation, Text(proposal.Name), Text(proposal.Hash),
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = proposal.Definition }, Time(now));

    private static async Task RunAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter<string> Text(string text) => new() { TypedValue = text };

    private static NpgsqlParameter Time(DateTimeOffset time) => RoundChanges.Long(Instant.ToTicks(time));

    private static DefinitionRow Read(NpgsqlDataReader row) =>
        new(
            row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetFieldValue<byte[]>(4),
            Instant.FromTicks(row.GetInt64(5)))
        {
            LivedAt = row.IsDBNull(6) ? null : Instant.FromTicks(row.GetInt64(6)),
            DroppedAt = row.IsDBNull(7) ? null : Instant.FromTicks(row.GetInt64(7)),
            IsLive = row.GetBoolean(8),
        };
}
