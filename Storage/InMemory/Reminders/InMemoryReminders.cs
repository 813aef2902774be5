using Tributary.Storage.Reminders;

namespace Tributary.Storage.InMemory.Reminders;

/// <summary>Reads reminders in the order of their due times.</summary>
internal sealed class InMemoryReminders(InMemoryDatabase database, InMemoryGate gate) : IReminderReads
{
    public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<ReminderRow>>(StoreCall.Log, () =>
            database
                .ReminderRows.SkipWhile(row => ReminderOrder.Instance.Compare(row.Key, after) <= 0)
                .Take(limit)
                .Select(row => row.Value)
                .ToList());
}
