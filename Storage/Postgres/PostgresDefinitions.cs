using Npgsql;
using Tributary.Runtime.Store;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres;

/// <summary>The rows of definitions; see <see cref="IMessageLog.RegisterDefinitionsAsync"/>.</summary>
internal static class PostgresDefinitions
{
    private const string Columns = "id, name, generation, hash, definition, created_at";

    public static async Task<IReadOnlyList<DefinitionRow>> RegisterAsync(
        NpgsqlConnection connection, IReadOnlyList<DefinitionProposal> proposals, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Two silos that propose the same change make one generation of it.
        await using (var alone = new NpgsqlCommand("lock table definitions in share row exclusive mode", connection))
            await alone.ExecuteNonQueryAsync(cancellation);

        var current = new List<DefinitionRow>(proposals.Count);
        foreach (var proposal in proposals)
        {
            var latest = await LatestAsync(connection, proposal.Name, cancellation);
            if (latest?.Hash != proposal.Hash)
                latest = await InsertAsync(connection, proposal, (latest?.Generation ?? 0) + 1, now, cancellation);
            current.Add(latest);
        }

        await transaction.CommitAsync(cancellation);
        return current;
    }

    public static async Task<IReadOnlyList<DefinitionRow>> ReadAllAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from definitions order by id", connection);
        return await PostgresMessageLog.ReadAllAsync(command, Read, cancellation);
    }

    private static async Task<DefinitionRow?> LatestAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from definitions where name = $1 order by generation desc limit 1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return (await PostgresMessageLog.ReadAllAsync(command, Read, cancellation)).SingleOrDefault();
    }

    private static async Task<DefinitionRow> InsertAsync(
        NpgsqlConnection connection, DefinitionProposal proposal, int generation, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"insert into definitions(name, generation, hash, definition, created_at) values ($1, $2, $3, $4, $5) returning {Columns}", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = proposal.Name });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = generation });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = proposal.Hash });
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = proposal.Definition });
        command.Parameters.Add(RoundChanges.Long(Instant.ToTicks(now)));
        return (await PostgresMessageLog.ReadAllAsync(command, Read, cancellation)).Single();
    }

    private static DefinitionRow Read(NpgsqlDataReader row) => new(
        row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetFieldValue<byte[]>(4), Instant.FromTicks(row.GetInt64(5)));
}
