using Tributary.Storage.Generations;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class InMemoryGenerations(InMemoryDatabase database, InMemoryGate gate) : IGenerations
{
    public ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<DefinitionRow>>(StoreCall.Log, () => proposals.Select(Register).ToList());

    public ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<DefinitionRow>>(StoreCall.Log, () => database.DefinitionRows.ToList());

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

    private DefinitionRow Register(DefinitionProposal proposal)
    {
        var known = database.DefinitionRows.FindLast(row =>
            row.Name == proposal.Name && row.Hash == proposal.Hash && row.DroppedAt is null);
        if (known is not null)
            return known;

        var latest = database.DefinitionRows.FindLast(row => row.Name == proposal.Name);
        var now = database.Time.GetUtcNow();
        var isFirst = database.DefinitionRows.TrueForAll(row => row.Name != proposal.Name || !row.IsLive);
        var row = new DefinitionRow(
            database.DefinitionRows.Count + 1, proposal.Name, (latest?.Generation ?? 0) + 1, proposal.Hash,
            proposal.Definition, now)
        {
            IsLive = isFirst,
            LivedAt = isFirst ? now : null,
        };
        database.DefinitionRows.Add(row);
        return row;
    }

    private void Change(Func<DefinitionRow, bool> which, Func<DefinitionRow, DefinitionRow> change)
    {
        for (var i = 0; i < database.DefinitionRows.Count; i++)
        {
            if (which(database.DefinitionRows[i]))
                database.DefinitionRows[i] = change(database.DefinitionRows[i]);
        }
    }
}
