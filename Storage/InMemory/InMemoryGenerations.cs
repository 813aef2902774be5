using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory;

/// <inheritdoc cref="IGenerations"/>
internal sealed class InMemoryGenerations(InMemoryDatabase database, InMemoryGate gate) : IGenerations
{
    public ValueTask<IReadOnlyList<DefinitionRow>> SwitchAsync(
        IReadOnlyList<int> ids, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () =>
        {
            foreach (var row in GenerationRules.Switchable(database.DefinitionRows, ids))
            {
                Change(other => other.Name == row.Name, other => other with { IsLive = false });
                Change(
                    other => other.Id == row.Id,
                    other => other with { IsLive = true, LivedAt = other.LivedAt ?? database.Time.GetUtcNow() });
            }

            return All;
        });

    public ValueTask<IReadOnlyList<DefinitionRow>> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
        {
            foreach (var row in GenerationRules.Droppable(database.DefinitionRows, ids))
                Change(
                    other => other.Id == row.Id,
                    other => other with { DroppedAt = other.DroppedAt ?? database.Time.GetUtcNow() });
            return All;
        });

    public ValueTask<Position> ReadEndAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => database.Horizon);

    private IReadOnlyList<DefinitionRow> All => [.. database.DefinitionRows];

    private void Change(Func<DefinitionRow, bool> which, Func<DefinitionRow, DefinitionRow> change)
    {
        for (var i = 0; i < database.DefinitionRows.Count; i++)
        {
            if (which(database.DefinitionRows[i]))
                database.DefinitionRows[i] = change(database.DefinitionRows[i]);
        }
    }
}
