using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;
using Tributary.Storage.Sqlite.Rounds;

namespace Tributary.Storage.Sqlite.Reminders;

/// <summary>Writes reminders and reads those that are due.</summary>
internal sealed class SqliteReminders(SqliteReaders readers) : IReminderReads
{
    public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection => Read(connection, null, after, DateTimeOffset.MaxValue, limit), cancellation);

    public static void Write(SqliteConnection connection, List<ReminderWrite> reminders)
    {
        foreach (var write in reminders)
        {
            connection.Prepare("delete from reminders where type = ? and key = ? and name = ?")
                .Bind(write.Grain.Type).Bind(write.Grain.Key).Bind(write.Name).Run();
            if (write.Set is { } set)
                Insert(connection, write, set);
        }
    }

    public static IReadOnlyList<ReminderRow> Read(
        SqliteConnection connection, IReadOnlyList<PartitionId>? partitions, ReminderMark after, DateTimeOffset until,
        int limit)
    {
        var rows = new List<ReminderRow>();
        var select = connection.Prepare(
                $"""
                select partition, type, key, name, due_at, attempt, activity, payload, starts, is_alone from reminders
                where due_at <= ? and (due_at, type, key, name) > (?, ?, ?, ?){SqlitePartitions.Filter(partitions)}
                order by due_at, type, key, name limit ?
                """)
            .Bind(until).Bind(after.Due).Bind(after.Grain.Type).Bind(after.Grain.Key).Bind(after.Name);
        SqlitePartitions.Bind(select, partitions).Bind(limit);
        while (select.Step())
        {
            rows.Add(new ReminderRow(
                new PartitionId(select.Int32(0)), new RoundGrainId(select.Text(1), select.Text(2)), select.Text(3),
                select.Time(4),
                select.Int32(5), select.IsNull(6) ? null : select.Text(6), select.Bytes(7))
            {
                StartsCount = select.Int32(8), IsAlone = !select.IsNull(9),
            });
        }

        return rows;
    }

    private static void Insert(SqliteConnection connection, in ReminderWrite write, ReminderRequest set)
    {
        var insert = connection.Prepare(
                "insert into reminders(partition, type, key, name, due_at, attempt, payload, activity) values (?, ?, "
                + "?, ?, ?, ?, ?, ?)")
            .Bind(write.Partition.Value).Bind(write.Grain.Type).Bind(write.Grain.Key).Bind(write.Name)
            .Bind(set.Due).Bind(set.Attempt).Bind(set.Payload);
        (set.Activity is null ? insert.BindNull() : insert.Bind(set.Activity)).Run();
    }
}
