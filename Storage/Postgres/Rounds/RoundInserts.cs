using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>
/// The new rows of a round, table by table. A transaction of 0 stands for one that the server fills in.
/// </summary>
internal static class RoundInserts
{
    public static Insert Messages(
        string table,
        IReadOnlyList<AppendedMessage> messages,
        IReadOnlyList<ExternalIdRow> externalIds,
        long transaction)
    {
        Message At(int i) => messages[i].Message;
        var generations = Generations(messages);
        var hashes = ExternalHashes(messages.Count, externalIds);
        return new Insert(
            table,
            messages.Count,
            new PositionColumn("position", transaction, i => i),
            new UuidColumn("id", i => At(i).Id.Value),
            new TextColumn("source", i => At(i).Source),
            new TextColumn("item", i => At(i).Item),
            new LongColumn("item_sequence", i => messages[i].ItemSequence),
            new BytesColumn("external_hash", i => hashes?[i]),
            new LongColumn("received_at", i => Instant.ToTicks(At(i).ReceivedAt)),
            new TextColumn("media_type", i => At(i).MediaType),
            new BytesColumn("body", i => At(i).Body),
            new BytesColumn("generations", i => generations[i]));
    }

    public static IEnumerable<Insert> All(RoundCommit round, long transaction)
    {
        if (round.Messages.Count > 0)
            yield return Messages("messages", round.Messages, round.ExternalIds, transaction);
        if (round.ExternalIds.Count > 0)
            yield return ExternalIds(round, transaction);
        if (IndexedValues(round, transaction) is { } indexed)
            yield return indexed;

        foreach (var table in round.States.Where(row => row.IsNew).GroupBy(row => row.Table))
            yield return States(table.Key, table.ToList());

        var set = round.Reminders.Where(write => write.Set is not null).ToList();
        if (set.Count > 0)
            yield return Reminders(set);
        if (round.Deferred.Count > 0)
            yield return Deferred(round.Deferred, transaction);
        if (round.Failures.Count > 0)
            yield return Failures(round.Failures);
    }

    private static Insert ExternalIds(RoundCommit round, long transaction)
    {
        var rows = round.ExternalIds;
        Message At(int i) => round.Messages[rows[i].MessageIndex].Message;
        return new Insert(
            "scoped_external_ids",
            rows.Count,
            new IntColumn("partition", i => rows[i].Partition.Value),
            new BytesColumn("hash", i => Hash128.ToBytes(rows[i].Key.Hash)),
            new UuidColumn("message_id", i => At(i).Id.Value),
            new TextColumn("item", i => At(i).Item),
            new PositionColumn("position", transaction, i => rows[i].MessageIndex),
            new BytesColumn("body_hash", i => Hash128.ToBytes(rows[i].BodyHash)),
            new IntColumn("received_day", i => Instant.ToDay(At(i).ReceivedAt)));
    }

    private static Insert? IndexedValues(RoundCommit round, long transaction)
    {
        var rows = IndexedRow.Of(round);
        return rows.Count == 0 ? null : new Insert(
            "indexed_values", rows.Count,
            new IntColumn("path", i => rows[i].Value.Path), new BytesColumn("key", i => rows[i].Value.Key),
            new PositionColumn("position", transaction, i => rows[i].MessageIndex));
    }

    private static Insert States(StateTable table, List<StateRow> rows)
    {
        var (name, keys) = StateKeys.Of(table, rows.Count, i => rows[i].Grain);
        return new Insert(
            name, rows.Count,
            [
                .. keys,
                new IntColumn("partition", i => rows[i].Partition.Value),
                new IntColumn("version", i => rows[i].Version),
                new BytesColumn("state", i => rows[i].State),
            ]);
    }

    private static Insert Reminders(List<ReminderWrite> rows) =>
        new(
            "reminders",
            rows.Count,
            new LongColumn("due_at", i => Instant.ToTicks(rows[i].Set!.Due)),
            new TextColumn("type", i => rows[i].Grain.Type),
            new TextColumn("key", i => rows[i].Grain.Key),
            new TextColumn("name", i => rows[i].Name),
            new IntColumn("partition", i => rows[i].Partition.Value),
            new IntColumn("attempt", i => rows[i].Set!.Attempt),
            new TextColumn("activity", i => rows[i].Set!.Activity),
            new BytesColumn("payload", i => rows[i].Set!.Payload));

    private static Insert Deferred(List<DeferredCall> rows, long transaction) => new(
        "deferred_calls", rows.Count,
        new PositionColumn("sequence", transaction, i => i), new IntColumn("partition", i => rows[i].Partition.Value),
        new TextColumn("type", i => rows[i].Target.Type), new TextColumn("key", i => rows[i].Target.Key),
        new TextColumn("method", i => rows[i].Method), new BytesColumn("arguments", i => rows[i].Arguments),
        new LongColumn("origin", i => rows[i].Origin));

    private static Insert Failures(List<FailureRow> rows) => new(
        "failures", rows.Count,
        new UuidColumn("id", i => rows[i].Id), new LongColumn("failed_at", i => Instant.ToTicks(rows[i].FailedAt)),
        new IntColumn("partition", i => rows[i].Partition.Value), new TextColumn("type", i => rows[i].Target.Type),
        new TextColumn("key", i => rows[i].Target.Key), new TextColumn("method", i => rows[i].Method),
        new BytesColumn("arguments", i => rows[i].Arguments), new TextColumn("error", i =>
            StorableText.Clean(rows[i].Error)),
        new IntColumn("attempts", i => rows[i].Attempts));

    /// <summary>All lists of generations in one block of memory.</summary>
    private static ReadOnlyMemory<byte>[] Generations(IReadOnlyList<AppendedMessage> messages)
    {
        var block = new byte[messages.Sum(message => GenerationList.MaxBytes(message.Generations.Count))];
        var slices = new ReadOnlyMemory<byte>[messages.Count];
        var start = 0;
        for (var i = 0; i < slices.Length; i++)
        {
            var length = GenerationList.Write(messages[i].Generations, block.AsSpan(start));
            slices[i] = block.AsMemory(start, length);
            start += length;
        }

        return slices;
    }

    private static ReadOnlyMemory<byte>?[]? ExternalHashes(int count, IReadOnlyList<ExternalIdRow> externalIds)
    {
        if (externalIds.Count == 0)
            return null;

        var hashes = new ReadOnlyMemory<byte>?[count];
        foreach (var row in externalIds)
            hashes[row.MessageIndex] = Hash128.ToBytes(row.Key.Hash);
        return hashes;
    }
}
