using Npgsql;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Reminders;

/// <summary>Reads reminders in the order of their due times.</summary>
internal sealed class PostgresReminders(PostgresReaders readers) : IReminderReads
{
    public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation)
    {
        // A mark may come from a client: one that no row can have still has a place in the order.
        var mark = after with
        {
            Grain = new RoundGrainId(StorableText.Clean(after.Grain.Type), StorableText.Clean(after.Grain.Key)), Name =
                StorableText.Clean(after.Name),
        };
        return readers.RunAsync(
            connection => ReadAsync(
                connection, null, mark, DateTimeOffset.MaxValue, limit, cancellation),
            cancellation);
    }

    public static async Task<IReadOnlyList<ReminderRow>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<PartitionId>? partitions, ReminderMark after, DateTimeOffset until,
        int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select partition, type, key, name, due_at, attempt, activity, payload, starts, is_alone from reminders
            where due_at <= $1 and (due_at, type, key, name) > ($2, $3, $4, $5)
                {(partitions is null ? "" : "and partition = any($7)")}
            order by due_at, type, key, name limit $6
            """,
            connection);
        command.Parameters.Add(RoundChanges.Long(Instant.ToTicks(until)));
        command.Parameters.Add(RoundChanges.Long(Instant.ToTicks(after.Due)));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after.Grain.Type });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after.Grain.Key });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after.Name });
        command.Parameters.Add(RoundChanges.Long(limit));
        if (partitions is not null)
            command.Parameters.Add(PostgresPartitions.Ids(partitions));
        var rows = new List<ReminderRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(
                new ReminderRow(
                    new PartitionId(reader.GetInt32(0)), new RoundGrainId(reader.GetString(1), reader.GetString(2)),
                    reader.GetString(3), Instant.FromTicks(reader.GetInt64(4)), reader.GetInt32(5),
                    reader.IsDBNull(6) ? null : reader.GetString(6), reader.GetFieldValue<byte[]>(7))
                {
                    StartsCount = reader.IsDBNull(8) ? 0 : reader.GetInt32(8),
                    IsAlone = !reader.IsDBNull(9),
                });
        }

        return rows;
    }
}
