using Tributary.Storage.Held;
using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Held;

/// <summary>Reads of held work, by a scan of all rows.</summary>
internal sealed class InMemoryHeldReads(InMemoryDatabase database, InMemoryGate gate) : IHeldReads
{
    public ValueTask<long> ReadLastCallAsync(CancellationToken cancellation) => gate.RunAsync(
        StoreCall.ReadHeld, () => database.DeferredRows.Keys.Concat(database.HeldCallRows.Keys).DefaultIfEmpty().Max());

    public ValueTask<IReadOnlyList<HeldCall>> ReadCallsAsync(long after, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<HeldCall>>(
            StoreCall.ReadHeld, () =>
                [.. database.HeldCallRows.Values.Where(row => row.Call.Sequence > after).Take(limit)]);

    public ValueTask<IReadOnlyList<HeldReminder>> ReadRemindersAsync(
        HeldMark? after, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<HeldReminder>>(
            StoreCall.ReadHeld,
            () => [.. database.HeldReminderRows.Values.Where(row => after is null || Compare(row.Mark, after.Value) > 0)
                .Order(Comparer<HeldReminder>.Create(static (x, y) => Compare(x.Mark, y.Mark))).Take(limit)]);

    public ValueTask<IReadOnlyList<HeldGrain>> ReadGrainsAsync(
        RoundGrainId? after, int limit, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => HeldRows.Merge(
            database.HeldCallRows.Values.Where(row => IsBeyond(row.Call.Target, after)).GroupBy(row => row.Call.Target)
                .Select(rows =>
                    new HeldGrain(rows.Key, rows.Last().Reason, rows.Count(), 0, rows.Min(row => row.HeldAt))),
            database.HeldReminderRows.Values.Where(row => IsBeyond(row.Row.Grain, after)).GroupBy(row => row.Row.Grain)
                .Select(rows =>
                    new HeldGrain(rows.Key, rows.First().Reason, 0, rows.Count(), rows.Min(row => row.HeldAt))),
            limit));

    public ValueTask<IReadOnlyList<HeldCount>> CountAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => HeldRows.Merge(
        database.HeldCallRows.Values.Select(row => new HeldCount(row.Call.Target.Type, row.Reason.Code, 1, 0)),
        database.HeldReminderRows.Values.Select(row => new HeldCount(row.Row.Grain.Type, row.Reason.Code, 0, 1))));

    /// <summary>Applies the changes of a round to held work; they were checked before.</summary>
    public static void Write(InMemoryDatabase database, RoundCommit round, long transaction)
    {
        foreach (var sequence in round.HeldDone)
            database.HeldCallRows.Remove(sequence);
        foreach (var id in round.FailuresDone)
            database.FailureRows.Remove(id);
        foreach (var row in HeldRows.Numbered(round, transaction))
        {
            var known = database.HeldCallRows.GetValueOrDefault(row.Call.Sequence, row);
            database.HeldCallRows[row.Call.Sequence] = known with { Reason = HeldRows.Clean(row.Reason) };
        }

        foreach (var write in round.HeldReminders)
            WriteReminder(database, write);
    }

    public static void Check(InMemoryDatabase database, RoundCommit round)
    {
        var calls = new HashSet<long>();
        foreach (var sequence in round.HeldDone)
        {
            InMemoryRound.Require(
                calls.Add(sequence) && database.HeldCallRows
                    .ContainsKey(sequence), $"held call {sequence} is ended and does not exist");
        }

        foreach (var row in round.Held)
        {
            InMemoryRound.Require(
                row.Call.Sequence == 0 || calls.Add(row.Call.Sequence)
                && (!database.DeferredRows.ContainsKey(row.Call.Sequence)
                    || round.DeferredDone.Contains(row.Call.Sequence)),
                $"call {row.Call.Sequence} is held and deferred as well");
        }

        var failures = new HashSet<Guid>();
        foreach (var id in round.FailuresDone)
            InMemoryRound.Require(failures.Add(id) && database.FailureRows.ContainsKey(id),
                $"failure {id} is ended and does not exist");
        foreach (var write in round.HeldReminders)
        {
            InMemoryRound.Require(
                !round.Reminders.Exists(other => other.Grain == write.Grain && other.Name == write.Name),
                $"the round writes reminder {write.Name} of {write.Grain} and holds it");
        }
    }

    private static void WriteReminder(InMemoryDatabase database, in HeldWrite write)
    {
        var key = (write.Grain, write.Name);
        var held = database.HeldReminderRows.GetValueOrDefault(key);
        if (write.Reason is not { } reason)
        {
            if (held is null)
                return;
            database.HeldReminderRows.Remove(key);
            database.ReminderRows.Add(held.Row.Mark, held.Row);
            database.ReminderMarks.Add(key, held.Row.Mark);
        }
        else if (held is not null)
        {
            database.HeldReminderRows[key] = held with { Reason = HeldRows.Clean(reason) };
        }
        else if (!write.MustBeHeld && database.ReminderMarks.Remove(key, out var mark))
        {
            database.ReminderRows.Remove(mark, out var row);
            database.Starters.Remove(mark);
            // The process that writes this lives: the activity did not end it.
            database.HeldReminderRows.Add(key, new HeldReminder(
                row! with { StartsCount = 0, IsAlone = false }, HeldRows.Clean(reason), write.At.ToUniversalTime()));
        }
    }

    private static bool IsBeyond(RoundGrainId grain, RoundGrainId? after) =>
        after is not { } mark || Compare(new(grain, ""), new(mark, "")) > 0;

    private static int Compare(HeldMark x, HeldMark y)
    {
        var order = Utf8Order.Compare(x.Grain.Type, y.Grain.Type);
        if (order == 0)
            order = Utf8Order.Compare(x.Grain.Key, y.Grain.Key);
        return order != 0 ? order : Utf8Order.Compare(x.Name, y.Name);
    }
}
