using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Aggregates;
using Tributary.Storage.InMemory.Rounds;

namespace Tributary.Storage.InMemory.Aggregates;

/// <summary>Reads of aggregates, and of what messages were counted in.</summary>
internal sealed class InMemoryAggregates(InMemoryDatabase database, InMemoryGate gate) : IAggregateReads
{
    private InMemoryProcessing Rows => database.Processing;

    public ValueTask<IReadOnlyList<AggregateRow>> ReadAggregatesAsync(
        int generation,
        string? group,
        long? fromMs,
        long? toMs,
        AggregateKey? after,
        int limit,
        CancellationToken cancellation
    ) =>
        gate.RunAsync<IReadOnlyList<AggregateRow>>(StoreCall.Log, () =>
            database
                .AggregateRows.SkipWhile(row =>
                    after is { } key
                    && database.AggregateRows.Comparer.Compare(row.Key, key with { Generation = generation }) <= 0)
                .Where(row =>
                    row.Key.Generation == generation
                    && (group is null || row.Key.Group == group)
                    && !(row.Key.WindowStartMs < fromMs)
                    && !(row.Key.WindowStartMs >= toMs))
                .Take(limit)
                .Select(row => new AggregateRow(row.Key, row.Value.Version, row.Value.State))
                .ToList());

    public ValueTask<CountedSoFar> ReadCountedAsync(Position upTo, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
        {
            var bound = CountedSoFar.AfterRoundOf(upTo);
            return new CountedSoFar(
                database.Horizon >= bound,
                database.DeferredRows.Values.Any(call =>
                    (call.Origin == 0 ? call.Sequence : call.Origin) < bound.Value));
        });

    public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>>(StoreCall.Log, () =>
            positions
                .Distinct()
                .Where(position => Rows.Outcomes.ContainsKey(position.Value))
                .ToDictionary(
                    position => position, IReadOnlyList<Outcome> (position) => [.. Rows.Outcomes[position.Value]]));
}
