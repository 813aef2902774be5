using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>Notes the starts of activities on their rows.</summary>
internal static class PostgresStarts
{
    public static async Task<bool> NoteAsync(
        NpgsqlConnection connection, SiloId silo, IReadOnlyList<StartNote> notes, CancellationToken cancellation)
    {
        // The lock on the silo's row orders the note against a declaration that the silo is dead; commits take this
        // lock first as well. The locks on the partitions' rows order the note against the commit that gives them.
        await using var command = new NpgsqlCommand(
            """
            with alive as materialized (select id from silos where id = $1 and status <> 'dead' for share),
            owned as materialized (
                select id from partitions where silo = (select id from alive) and id = any($10) for share),
            noted as (
                update reminders r set starts = t.starts, started_by = alive.id, is_alone = nullif(t.is_alone, false)
                from alive, unnest(
                        $2::text[], $3::text[], $4::text[], $5::bigint[], $6::int[], $7::int[], $8::int[],
                        $9::boolean[])
                    as t(type, key, name, due_at, attempt, before, starts, is_alone)
                where r.type = t.type and r.key = t.key and r.name = t.name
                    and r.due_at = t.due_at and r.attempt = t.attempt and coalesce(r.starts, 0) = t.before
                    and r.partition in (select id from owned))
            select exists(select from alive)
            """,
            connection);
        command.Parameters.Add(RoundChanges.Long(silo.Value));
        Column[] columns =
        [
            new TextColumn("type", i => notes[i].Activity.Grain.Type),
            new TextColumn("key", i => notes[i].Activity.Grain.Key),
            new TextColumn("name", i => notes[i].Activity.Name),
            new LongColumn("due_at", i => Instant.ToTicks(notes[i].Activity.Due)),
            new IntColumn("attempt", i => notes[i].Activity.Attempt),
            new IntColumn("before", i => notes[i].Activity.StartsCount),
            new IntColumn("starts", i => notes[i].StartsCount),
        ];
        foreach (var column in columns)
            command.Parameters.Add(column.ToArray(notes.Count));
        command.Parameters.Add(new NpgsqlParameter<bool[]>
        {
            TypedValue = [.. notes.Select(static note => note.IsAlone)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean,
        });
        command.Parameters.Add(
            PostgresPartitions.Ids([.. notes.Select(static note => note.Activity.Partition).Distinct()]));
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The highest id of a silo so far.</summary>
    public static async Task<long> LastSiloAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select coalesce(max(id), 0) from silos", connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task TakeBackAsync(NpgsqlConnection connection, SiloId silo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "update reminders set starts = starts - 1, started_by = null, is_alone = null where started_by = $1",
            connection);
        command.Parameters.Add(RoundChanges.Long(silo.Value));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
