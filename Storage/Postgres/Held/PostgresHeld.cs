using Npgsql;
using Tributary.Storage.Held;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Held;

/// <summary>Writes the changes of a round to held work.</summary>
internal static class PostgresHeld
{
    public static IEnumerable<NpgsqlBatchCommand> Deletions(RoundCommit round)
    {
        var calls = round.HeldDone;
        if (calls.Count > 0)
        {
            yield return RoundChanges.Command(
                """
                with gone as (delete from held_calls where sequence = any($1::bigint[]) returning 1)
                select expect_rows((select count(*) from gone), $2, 'held_calls')
                """,
                new LongColumn("sequence", i => calls[i]).ToArray(calls.Count), RoundChanges.Long(calls.Count));
        }

        var failures = round.FailuresDone;
        if (failures.Count > 0)
        {
            yield return RoundChanges.Command(
                """
                with gone as (delete from failures where id = any($1::uuid[]) returning 1)
                select expect_rows((select count(*) from gone), $2, 'failures')
                """,
                new UuidColumn("id", i => failures[i]).ToArray(failures.Count), RoundChanges.Long(failures.Count));
        }
    }

    public static IEnumerable<NpgsqlBatchCommand> Changes(RoundCommit round)
    {
        if (round.Held.Count > 0)
            yield return Calls(round.Held, round.Deferred.Count);

        var held = round.HeldReminders.Where(write => write.Reason is not null).ToList();
        if (held.Count > 0)
        {
            var reasons = held.ConvertAll(write => HeldRows.Clean(write.Reason!));
            // The process that writes this lives: the activity did not end it, so the activity's starts are forgotten.
            yield return RoundChanges.Command(
                $"""
                update reminders r set held_due_at = coalesce(r.held_due_at, r.due_at), due_at = {HeldRows.NeverDue},
                    held_at = coalesce(r.held_at, t.at), held_code = t.code, held_error = t.error,
                    starts = null, started_by = null, is_alone = null
                from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::int[])
                    as t(type, key, name, at, code, error, must)
                where r.type = t.type and r.key = t.key and r.name = t.name
                    and (t.must = 0 or r.held_due_at is not null)
                """,
                [
                    .. Keys(held), new LongColumn("at", i => Instant.ToTicks(held[i].At)).ToArray(held.Count),
                    new TextColumn("code", i => reasons[i].Code).ToArray(held.Count),
                    new TextColumn("error", i => reasons[i].Text).ToArray(held.Count),
                    new IntColumn("must", i => held[i].MustBeHeld ? 1 : 0).ToArray(held.Count),
                ]);
        }

        var released = round.HeldReminders.Where(write => write.Reason is null).ToList();
        if (released.Count > 0)
        {
            yield return RoundChanges.Command(
                """
                update reminders r set due_at = r.held_due_at, held_due_at = null, held_at = null,
                    held_code = null, held_error = null
                from unnest($1::text[], $2::text[], $3::text[]) as t(type, key, name)
                where r.type = t.type and r.key = t.key and r.name = t.name and r.held_due_at is not null
                """,
                [.. Keys(released)]);
        }
    }

    private static NpgsqlBatchCommand Calls(List<HeldCall> rows, int before)
    {
        var reasons = rows.ConvertAll(row => HeldRows.Clean(row.Reason));
        Column[] columns =
        [
            // Below zero for a newly held call, whose sequence the transaction makes.
            new LongColumn("sequence", i => rows[i].Call.Sequence == 0 ? -1 - before - i : rows[i].Call.Sequence),
            new LongColumn("held_at", i => Instant.ToTicks(rows[i].HeldAt)),
            new IntColumn("partition", i => rows[i].Call.Partition.Value), new TextColumn("type", i =>
                rows[i].Call.Target.Type),
            new TextColumn("key", i => rows[i].Call.Target.Key), new TextColumn("method", i => rows[i].Call.Method),
            new BytesColumn("arguments", i => rows[i].Call.Arguments), new TextColumn("code", i => reasons[i].Code),
            new TextColumn("error", i => reasons[i].Text),
        ];
        var names = string.Join(", ", columns.Select(column => column.Name));
        var values = string.Join(", ", columns.Skip(1).Select(column => column.Name));
        var arrays = string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.SqlType}[]"));
        return RoundChanges.Command(
            $"""
            insert into held_calls({names}) select case when sequence >= 0 then sequence
                else (pg_current_xact_id()::text::bigint << {Position.IndexBits}) | (-1 - sequence) end, {values}
            from unnest({arrays}) as t({names})
            on conflict (sequence) do update set code = excluded.code, error = excluded.error
            """,
            [.. columns.Select(column => column.ToArray(rows.Count))]);
    }

    private static IEnumerable<NpgsqlParameter> Keys(List<HeldWrite> rows) =>
    [
        new TextColumn("type", i => rows[i].Grain.Type).ToArray(rows.Count), new TextColumn("key", i =>
            rows[i].Grain.Key).ToArray(rows.Count),
        new TextColumn("name", i => rows[i].Name).ToArray(rows.Count),
    ];
}
