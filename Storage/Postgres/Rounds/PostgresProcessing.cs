using Npgsql;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>
/// Writes a round's parts, records and outcomes. A transaction of 0 stands for one that the server fills in.
/// </summary>
internal static class PostgresProcessing
{
    /// <summary>
    /// Bytes of records in one statement: one parameter holds them all, and the server refuses parameters beyond 1 GiB.
    /// </summary>
    private const int RecordChunkBytes = 16 << 20;

    /// <summary>New rows that do not depend on deletions.</summary>
    public static IEnumerable<Insert> Inserts(RoundCommit round, long transaction)
    {
        var fresh = PartRow.OfNew(round).ToList();
        if (fresh.Count > 0)
            yield return Pending(fresh, transaction);

        var raised = PartRow.OfRaised(round).ToList();
        if (raised.Count > 0)
        {
            yield return new Insert(
                "raised",
                raised.Count,
                [
                    new PositionColumn("position", transaction, i => i),
                    .. PartColumns("message_position", "raised_at", raised, transaction),
                ]);
        }

        var outcomes = OutcomeRows.Of(round);
        if (outcomes.Count > 0)
        {
            yield return new Insert(
                "outcomes",
                outcomes.Count,
                new LongColumn("position", i => outcomes[i].Message.Value),
                new PositionColumn("added_at", transaction, _ => 0),
                new BytesColumn("list", i => outcomes[i].List));
        }
    }

    public static IEnumerable<NpgsqlBatchCommand> Deletions(RoundCommit round)
    {
        var parts = round.Parts;
        if (parts.Count > 0)
        {
            yield return RoundChanges.Command(
                "delete from pending where position = any($1::bigint[])",
                new LongColumn("position", i => parts[i].Message.Position.Value).ToArray(parts.Count));
        }
    }

    /// <summary>Rows that replace others: parts, after the deletions, and records.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Changes(RoundCommit round)
    {
        var parts = PartRow.OfStored(round).ToList();
        if (parts.Count > 0)
            yield return Pending(parts, 0).ToCommand();

        for (var first = 0; first < round.Records.Count;)
        {
            var count = 0;
            for (var bytes = 0L; first + count < round.Records.Count && bytes < RecordChunkBytes; count++)
                bytes += round.Records[first + count].Json.Length;
            yield return Records(round.Records.GetRange(first, count));
            first += count;
        }
    }

    private static Insert Pending(List<PartRow> rows, long transaction) =>
        new("pending", rows.Count, [.. PartColumns("position", "changed_at", rows, transaction)]);

    private static IEnumerable<Column> PartColumns(string position, string at, List<PartRow> rows, long transaction) =>
        [
            new MessageColumn(position, transaction, i => (rows[i].MessageIndex, rows[i].Stored)),
            new LongColumn("item_sequence", i => rows[i].ItemSequence),
            new LongColumn("received_at", i => Instant.ToTicks(rows[i].ReceivedAt)),
            new LongColumn(at, i => Instant.ToTicks(rows[i].At)),
            new OptionalLongColumn("next_attempt_at", i =>
                rows[i].Part.NextAttempt is { } next ? Instant.ToTicks(next) : null),
            new UuidColumn("message_id", i => rows[i].Id.Value),
            new IntColumn("status", i => (int)rows[i].Part.Status),
            new IntColumn("step", i => (int)rows[i].Part.Step),
            new IntColumn("attempts", i => rows[i].Part.Attempts),
            new TextColumn("plugin", i => rows[i].Part.Plugin),
            new TextColumn("item", i => rows[i].Item),
            new TextColumn("source", i => rows[i].Source),
            new TextColumn("error", i => rows[i].Error),
        ];

    private static NpgsqlBatchCommand Records(List<RecordRow> rows)
    {
        Column[] columns =
        [
            new IntColumn("generation", i => rows[i].Generation),
            new TextColumn("item", i => rows[i].Item),
            new TextColumn("key", i => rows[i].Key),
            new LongColumn("position", i => rows[i].Message.Position.Value),
            new LongColumn("item_sequence", i => rows[i].Message.ItemSequence),
            new LongColumn("received_at", i => Instant.ToTicks(rows[i].Message.ReceivedAt)),
            new UuidColumn("message_id", i => rows[i].Message.Id.Value),
            new TextColumn("source", i => rows[i].Message.Source),
            new BytesColumn("json", i => rows[i].Json),
        ];
        return RoundChanges.Command(
            """
            insert into records as r
                (generation, item, key, position, item_sequence, received_at, message_id, source, json)
            select * from unnest(
                $1::int[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::uuid[], $8::text[],
                $9::bytea[])
            on conflict (generation, item, key) do update set
                position = excluded.position, item_sequence = excluded.item_sequence,
                received_at = excluded.received_at, message_id = excluded.message_id, source = excluded.source,
                json = excluded.json
                where r.item_sequence <= excluded.item_sequence
            """,
            [.. columns.Select(column => column.ToArray(rows.Count))]);
    }
}
