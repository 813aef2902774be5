using Tributary.Storage.GrainStates;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.GrainStates;

/// <inheritdoc cref="IGrainStates"/>
internal sealed class InMemoryGrainStates(InMemoryDatabase database, InMemoryGate gate) : IGrainStates
{
    public ValueTask<IReadOnlyList<StoredGrainState?>> ReadAsync(
        IReadOnlyList<GrainStateKey> keys, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<StoredGrainState?>>(
            StoreCall.GrainStates,
            () => [.. keys.Select(key => database.GrainStateRows.GetValueOrDefault(key))]);

    public ValueTask<IReadOnlyList<GrainStateOutcome>> WriteAsync(
        IReadOnlyList<GrainStateWrite> writes, bool isRepeat, CancellationToken cancellation)
    {
        var sorted = GrainStateWrites.Sort(writes);
        return gate.RunAsync(StoreCall.GrainStates, () =>
        {
            var rows = database.GrainStateRows;
            var stored = new Dictionary<GrainStateKey, Guid>();
            var matched = new HashSet<GrainStateKey>(sorted.Count);
            foreach (var write in sorted)
            {
                var version = rows.TryGetValue(write.Key, out var row) ? row.Version : (Guid?)null;
                if (version != write.Expected || (version is null && write.State is null))
                {
                    if (version is { } other)
                        stored[write.Key] = other;
                    continue;
                }

                matched.Add(write.Key);
                // The rows are the store's own: the caller may use its bytes again.
                if (write.State is { } state)
                    rows[write.Key] = new StoredGrainState(write.Version, write.Format, state.ToArray());
                else
                    rows.Remove(write.Key);
            }

            return GrainStateWrites.Outcomes(writes, matched, stored, isRepeat);
        });
    }
}
