using Tributary.Storage.Held;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Held;

/// <summary>Writes the changes of a round to held work, and to failures that were made again.</summary>
internal static class SqliteHeld
{
    public static void Write(SqliteConnection connection, RoundCommit round, long transaction)
    {
        foreach (var sequence in round.HeldDone)
        {
            if (connection.Prepare("delete from held_calls where sequence = ?").Bind(sequence).Run() != 1)
                throw new RefusedRoundException($"The round ends held call {sequence}, which does not exist.");
        }

        foreach (var id in round.FailuresDone)
        {
            if (connection.Prepare("delete from failures where id = ?").Bind(id).Run() != 1)
                throw new RefusedRoundException($"The round ends failure {id}, which does not exist.");
        }

        foreach (var (call, reason, at) in HeldRows.Numbered(round, transaction))
        {
            var (code, error) = HeldRows.Clean(reason);
            connection.Prepare(
                    """
                    insert into held_calls(sequence, held_at, partition, type, key, method, arguments, code, error)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (sequence) do update set code = excluded.code, error = excluded.error
                    """)
                .Bind(call.Sequence).Bind(at).Bind(call.Partition.Value).Bind(call.Target.Type).Bind(call.Target.Key)
                .Bind(call.Method).Bind(call.Arguments).Bind(code).Bind(error).Run();
        }

        foreach (var write in round.HeldReminders)
            WriteReminder(connection, write);
    }

    private static void WriteReminder(SqliteConnection connection, in HeldWrite write)
    {
        if (write.Reason is not { } reason)
        {
            connection.Prepare(
                    """
                    update reminders set due_at = held_due_at, held_due_at = null, held_at = null,
                        held_code = null, held_error = null
                    where type = ? and key = ? and name = ? and held_due_at is not null
                    """)
                .Bind(write.Grain.Type).Bind(write.Grain.Key).Bind(write.Name).Run();
            return;
        }

        var (code, error) = HeldRows.Clean(reason);
        // The process that writes this lives: the activity did not end it, so the activity's starts are forgotten.
        connection.Prepare(
                """
                update reminders set held_due_at = coalesce(held_due_at, due_at), due_at = ?,
                    held_at = coalesce(held_at, ?), held_code = ?, held_error = ?,
                    starts = null, started_by = null, is_alone = null
                where type = ? and key = ? and name = ? and (? = 0 or held_due_at is not null)
                """)
            .Bind(HeldRows.NeverDue).Bind(write.At).Bind(code).Bind(error)
            .Bind(write.Grain.Type).Bind(write.Grain.Key).Bind(write.Name).Bind(write.MustBeHeld ? 1 : 0).Run();
    }
}
