using Npgsql;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres;

/// <summary>Reads of failures.</summary>
internal static class PostgresFailures
{
    public const string Columns = "id, failed_at, partition, type, key, method, arguments, error, attempts";

    public static FailureRow Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), Instant.FromTicks(row.GetInt64(1)), new PartitionId(row.GetInt32(2)), new RoundGrainId(
            row.GetString(3), row.GetString(4)),
        row.GetString(5), row.GetFieldValue<byte[]>(6), row.GetString(7)) { Attempts = row.GetInt32(8) };

    public static async Task<IReadOnlyList<FailureRow>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> ids, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from failures where id = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
        return await PostgresMessageLog.ReadAllAsync(command, Read, cancellation);
    }
}
