using Npgsql;
using Tributary.Storage.Failures;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Failures;

/// <summary>Reads of what is left of messages and of what failed.</summary>
internal sealed class PostgresFailures(PostgresReaders readers) : IFailureReads
{
    private const string Columns = "id, failed_at, partition, type, key, method, arguments, error, attempts";

    public async ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> FindPartsAsync(
        IReadOnlyList<Position> positions,
        CancellationToken cancellation
    ) =>
        (
            await readers.LookUpAsync(
                positions,
                $"select position, {PostgresParts.Columns}, changed_at from pending where position = any($1) order by "
                + "position, plugin",
                row => PostgresParts.ReadPart(row, 0),
                cancellation))
            .GroupBy(part => part.Message.Position)
            .ToDictionary(parts => parts.Key, IReadOnlyList<StoredPart> (parts) => [.. parts]);

    public ValueTask<PartPage> ReadPartsAsync(
        PartFilter filter, PartMark? after, int limit, CancellationToken cancellation) =>
        PartMatcher.RunAsync(
            filter,
            after,
            limit,
            (statuses, from, chunk) =>
                readers.RunAsync(
                    connection => PostgresParts.ReadAsync(connection, statuses, from, chunk(), cancellation),
                    cancellation),
            cancellation);

    public ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            connection => PostgresParts.ReadRaisedAsync(connection, after, limit, cancellation), cancellation);

    public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(
        Guid? before, int limit, CancellationToken cancellation)
    {
        var parameters = new List<NpgsqlParameter> { RoundChanges.Long(limit) };
        if (before is { } id)
            parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return readers.QueryAsync(
            $"""
            select {Columns} from failures
            {(before is null ? "" : "where id < $2")} order by id desc limit $1
            """,
            Read,
            cancellation, [.. parameters]);
    }

    public static async Task<IReadOnlyList<FailureRow>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> ids, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from failures where id = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
        return await PostgresRows.ReadAllAsync(command, Read, cancellation);
    }

    private static FailureRow Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), Instant.FromTicks(row.GetInt64(1)), new PartitionId(row.GetInt32(2)), new RoundGrainId(
            row.GetString(3), row.GetString(4)),
        row.GetString(5), row.GetFieldValue<byte[]>(6), row.GetString(7)) { Attempts = row.GetInt32(8) };
}
