using Tributary.Storage.GrainStates;

namespace Tributary.Storage.InMemory.GrainStates;

/// <inheritdoc cref="IGrainReminders"/>
internal sealed class InMemoryGrainReminders(InMemoryDatabase database, InMemoryGate gate) : IGrainReminders
{
    public ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(string grain, CancellationToken cancellation) =>
        ReadAsync(row => row.Grain == grain);

    public ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(uint begin, uint end, CancellationToken cancellation) =>
        ReadAsync(row => begin < end ? row.Hash > begin && row.Hash <= end : row.Hash > begin || row.Hash <= end);

    public ValueTask<GrainReminder?> FindAsync(string grain, string name, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.GrainStates, () => database.GrainReminderRows.GetValueOrDefault((grain, name)));

    public async ValueTask UpsertAsync(GrainReminder reminder, CancellationToken cancellation) => await gate.RunAsync(
        StoreCall.GrainStates, () => database.GrainReminderRows[(reminder.Grain, reminder.Name)] = reminder);

    public ValueTask<bool> RemoveAsync(string grain, string name, Guid version, CancellationToken cancellation) =>
        gate.RunAsync(
            StoreCall.GrainStates,
            () => database.GrainReminderRows.TryGetValue((grain, name), out var row) && row.Version == version
                && database.GrainReminderRows.Remove((grain, name)));

    public async ValueTask ClearAsync(CancellationToken cancellation) => await gate.RunAsync(
        StoreCall.GrainStates,
        () =>
        {
            database.GrainReminderRows.Clear();
            return true;
        });

    private ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(Func<GrainReminder, bool> isWanted) =>
        gate.RunAsync<IReadOnlyList<GrainReminder>>(
            StoreCall.GrainStates, () => [.. database.GrainReminderRows.Values.Where(isWanted)]);
}
