using Npgsql;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>The changes and removals of a round, and its sums: few statements, all in one batch.</summary>
internal static class RoundChanges
{
    public static IEnumerable<NpgsqlBatchCommand> Deletions(RoundCommit round)
    {
        var gone = round.Reminders;
        if (gone.Count > 0)
        {
            yield return Command(
                """
                delete from reminders r using unnest($1::text[], $2::text[], $3::text[]) as t(type, key, name)
                where r.type = t.type and r.key = t.key and r.name = t.name
                """,
                new TextColumn("type", i => gone[i].Grain.Type).ToArray(gone.Count),
                new TextColumn("key", i => gone[i].Grain.Key).ToArray(gone.Count),
                new TextColumn("name", i => gone[i].Name).ToArray(gone.Count));
        }

        var done = round.DeferredDone;
        if (done.Count > 0)
        {
            yield return Command(
                """
                with gone as (delete from deferred_calls where sequence = any($1::bigint[]) returning 1)
                select expect_rows((select count(*) from gone), $2, 'deferred_calls')
                """,
                new LongColumn("sequence", i => done[i]).ToArray(done.Count), Long(done.Count));
        }
    }

    public static IEnumerable<NpgsqlBatchCommand> Updates(RoundCommit round)
    {
        foreach (var group in round.States.Where(row => !row.IsNew).GroupBy(row => row.Table))
        {
            var rows = group.ToList();
            var (table, keys) = StateKeys.Of(group.Key, rows.Count, i => rows[i].Grain);
            Column[] columns =
            [
                .. keys,
                new IntColumn("version", i => rows[i].Version),
                new BytesColumn("state", i => rows[i].State),
            ];
            var names = string.Join(", ", columns.Select(column => column.Name));
            var arrays = string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.SqlType}[]"));
            var match = string.Join(" and ", keys.Select(key => $"s.{key.Name} = t.{key.Name}"));
            yield return Command(
                $"""
                with found as (
                    update {table} s set version = t.version, state = t.state
                    from unnest({arrays}) as t({names}) where {match} returning 1
                )
                select expect_rows((select count(*) from found), ${columns.Length + 1}, '{table}')
                """,
                [.. columns.Select(column => column.ToArray(rows.Count)), Long(rows.Count)]);
        }
    }

    public static IEnumerable<NpgsqlBatchCommand> Sums(RoundCommit round)
    {
        var ledger = round.Ledger;
        if (ledger.Count > 0)
        {
            Column[] columns =
            [
                new TextColumn("source", i => ledger[i].Source),
                new LongColumn("hour", i => Instant.ToTicks(ledger[i].Hour)),
                new LongColumn("accepted", i => ledger[i].Accepted),
                new LongColumn("completed", i => ledger[i].Completed),
                new LongColumn("skipped", i => ledger[i].Skipped),
                new LongColumn("processing", i => ledger[i].Processing),
                new LongColumn("retrying", i => ledger[i].Retrying),
                new LongColumn("parked", i => ledger[i].Parked),
            ];
            yield return Command(
                """
                insert into ledger as l (silo, source, hour, accepted, completed, skipped, processing, retrying, parked)
                select $9, t.* from unnest(
                    $1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                    $8::bigint[]) as t
                on conflict (silo, source, hour) do update set
                    accepted = l.accepted + excluded.accepted, completed = l.completed + excluded.completed,
                    skipped = l.skipped + excluded.skipped, processing = l.processing + excluded.processing,
                    retrying = l.retrying + excluded.retrying, parked = l.parked + excluded.parked
                """,
                [.. columns.Select(column => column.ToArray(ledger.Count)), Long(round.Silo.Value)]);
        }

        if (round.Messages.Count > 0)
        {
            yield return Command(
                "insert into tallies(silo, position, count, total) values ($1, pg_current_xact_id()::text::bigint << "
                + $"{Position.IndexBits}, $2::int, $3)",
                Long(round.Silo.Value), Long(round.Messages.Count), Long(round.AcceptedBefore + round.Messages.Count));
        }
    }

    public static NpgsqlBatchCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    public static NpgsqlParameter Long(long value) => new NpgsqlParameter<long> { TypedValue = value };
}
