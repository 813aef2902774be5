using Tributary.Storage.Generations;
using Tributary.Storage.InMemory.Indexing;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class InMemoryGenerations(InMemoryDatabase database, InMemoryGate gate) : IGenerations
{
    public ValueTask<IReadOnlyList<DefinitionRow>> DeclareAsync(
        SiloId silo, IReadOnlyList<DefinitionProposal> proposals, IReadOnlyList<string> indexedPaths,
        CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<DefinitionRow>>(StoreCall.Log, () =>
        {
            // First, because nothing takes back what a refusal finds done.
            InMemoryIndexedPaths.Declare(database, silo, indexedPaths);
            var ids = proposals.Select(Register).ToList();
            if (database.Silos.TryGetValue(silo, out var row))
                row.Declared = [.. ids];
            Feed();
            return [.. ids.Select(id => database.DefinitionRows.Find(row => row.Id == id)!)];
        });

    public ValueTask<StoredDefinitions> ReadAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, Stored);

    public ValueTask<StoredDefinitions> ReviewAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
        {
            Feed();
            return Stored();
        });

    public ValueTask<StoredDefinitions> SwitchAsync(
        IReadOnlyList<int> ids, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () =>
        {
            foreach (var row in GenerationRules.Switchable(database.DefinitionRows, ids))
            {
                Change(other => other.Name == row.Name, other => other with { IsLive = false });
                Change(
                    other => other.Id == row.Id,
                    other => other with { IsLive = true, LivedAt = other.LivedAt ?? database.Time.GetUtcNow() });
            }

            Feed();
            return Stored();
        });

    public ValueTask<StoredDefinitions> DropAsync(IReadOnlyList<int> ids, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
        {
            foreach (var row in GenerationRules.Droppable(database.DefinitionRows, ids))
                Change(
                    other => other.Id == row.Id,
                    other => other with { DroppedAt = other.DroppedAt ?? database.Time.GetUtcNow() });
            Feed();
            return Stored();
        });

    private StoredDefinitions Stored()
    {
        var (paths, declared) = (InMemoryIndexedPaths.Read(database), Declared());
        return new StoredDefinitions(
            database.DefinitionsVersion, [.. database.DefinitionRows],
            FedGenerations.Changes(database.DefinitionRows, declared).Count > 0
                || FedPaths.IsDue(paths, declared.Count > 0))
        {
            IndexedPaths = FedPaths.Of(paths),
        };
    }

    private Dictionary<SiloId, HashSet<int>> Declared() => database.Silos.Values
        .Where(static silo => silo is { IsDead: false, Declared: not null })
        .ToDictionary(static silo => silo.Id, static silo => silo.Declared!);

    // Nothing else uses the database meanwhile: a round whose transaction is open meets the new version when it writes.
    private void Feed()
    {
        var declared = Declared();
        var changes = FedGenerations.Changes(database.DefinitionRows, declared);
        var paths = FedPaths.Changes(InMemoryIndexedPaths.Read(database), declared.Count > 0);
        if (changes.Count == 0 && paths.Count == 0)
            return;
        InMemoryIndexedPaths.Feed(database, paths);
        Change(
            row => changes.ContainsKey(row.Id),
            row => row with { IsFed = changes[row.Id], FedFrom = changes[row.Id] ? database.Next : null });
        database.DefinitionsVersion++;
        foreach (var silo in database.Silos.Values)
        {
            if (!silo.IsDead)
                silo.Definitions = database.DefinitionsVersion;
        }
    }

    private int Register(DefinitionProposal proposal)
    {
        var known = database.DefinitionRows.FindLast(row =>
            row.Name == proposal.Name && row.Hash == proposal.Hash && row.DroppedAt is null);
        if (known is not null)
        {
            Change(row => row.Id == known.Id, row => row with { NeedsCode = proposal.NeedsCode });
            return known.Id;
        }

        var latest = database.DefinitionRows.FindLast(row => row.Name == proposal.Name);
        var now = database.Time.GetUtcNow();
        var isFirst = database.DefinitionRows.TrueForAll(row => row.Name != proposal.Name || !row.IsLive);
        var row = new DefinitionRow(
            database.DefinitionRows.Count + 1, proposal.Name, (latest?.Generation ?? 0) + 1, proposal.Hash,
            proposal.Definition, now)
        {
            IsLive = isFirst,
            NeedsCode = proposal.NeedsCode,
            LivedAt = isFirst ? now : null,
        };
        database.DefinitionRows.Add(row);
        return row.Id;
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
