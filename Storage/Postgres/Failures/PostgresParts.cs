using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Failures;

/// <summary>Reads rows of <c>pending</c> and <c>raised</c>.</summary>
internal static class PostgresParts
{
    /// <summary>Between the position of the message and the time.</summary>
    public const string Columns =
        "plugin, message_id, item, item_sequence, source, received_at, status, step, attempts, next_attempt_at, error";

    private const string Range = "(position, plugin) > ($1, $2) and position < horizon()";

    /// <summary>The next parts in order: of each given status, found by the index, or of all statuses.</summary>
    public static async Task<RowChunk<StoredPart>> ReadAsync(
        NpgsqlConnection connection,
        IReadOnlyList<MessageStatus>? statuses,
        PartMark? after,
        RowChunk<StoredPart> chunk,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Select(statuses), connection);
        command.Parameters.Add(RoundChanges.Long(after?.Message.Value ?? -1));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after?.Plugin ?? "" });
        command.Parameters.Add(RoundChanges.Long(chunk.AskCount));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!chunk.Take(ReadPart(reader, 0)))
                break;
        }

        return chunk;
    }

    public static async Task<RaisedSlice> ReadRaisedAsync(
        NpgsqlConnection connection, Position after, int limit, CancellationToken cancellation)
    {
        await using var command = PostgresRows.Command(
            connection,
            $"""
            select h.horizon, r.position, r.message_position, {Columns}, raised_at
            from (select horizon() as horizon) h
            left join lateral (
                select * from raised where position > $1 and position < h.horizon order by position limit $2
            ) r on true
            order by r.position
            """,
            after.Value, (long)limit + 1);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var failures = new List<RaisedFailure>();
        var horizon = Position.Start;
        while (await reader.ReadAsync(cancellation))
        {
            horizon = new Position(reader.GetInt64(0));
            if (reader.IsDBNull(1))
                continue;
            if (failures.Count == limit)
                return new RaisedSlice(failures, horizon, false);

            var part = ReadPart(reader, 2);
            failures.Add(new RaisedFailure(
                new Position(reader.GetInt64(1)), part.Message, part.Item, part.Part, part.ChangedAt));
        }

        return new RaisedSlice(failures, horizon, true);
    }

    private static string Select(IReadOnlyList<MessageStatus>? statuses)
    {
        if (statuses is null)
            return $"select position, {Columns}, changed_at from pending where {Range} order by position, plugin limit "
                + "$3";

        // The condition repeats that of the partial index, which the planner cannot infer.
        var each = statuses.Select(status =>
            $"(select position, {Columns}, changed_at from pending where status = {(int)status} and status <> 1 and "
            + $"{Range} order by position, plugin limit $3)");
        return $"select * from ({string.Join(" union all ", each)}) p order by position, plugin limit $3";
    }

    /// <param name="first">The column of the message's position, which the others follow.</param>
    public static StoredPart ReadPart(NpgsqlDataReader row, int first)
    {
        var message = new MessageReference(
            new MessageId(row.GetGuid(first + 2)),
            new Position(row.GetInt64(first)),
            row.GetString(first + 5),
            Instant.FromTicks(row.GetInt64(first + 6)),
            row.GetInt64(first + 4));
        var part = new MessagePart(
            row.GetString(first + 1),
            (MessageStatus)row.GetInt32(first + 7),
            (ProcessingStep)row.GetInt32(first + 8),
            row.GetInt32(first + 9),
            row.IsDBNull(first + 10) ? null : Instant.FromTicks(row.GetInt64(first + 10)),
            row.IsDBNull(first + 11) ? null : row.GetString(first + 11));
        return new StoredPart(message, row.GetString(first + 3), part, Instant.FromTicks(row.GetInt64(first + 12)));
    }
}
