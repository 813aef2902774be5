using Tributary.Aggregates;
using Tributary.Messages;

namespace Tributary.Storage.Aggregates;

/// <summary>Reads of aggregates, and of what messages were counted in.</summary>
public interface IAggregateReads
{
    /// <summary>
    /// Aggregates of one generation, ordered by window start, then group, after <paramref name="after"/> (exclusive;
    /// null: from the first). Null bounds are open; <paramref name="fromMs"/> is inclusive, <paramref name="toMs"/>
    /// exclusive, both of the window's start.
    /// </summary>
    ValueTask<IReadOnlyList<AggregateRow>> ReadAggregatesAsync(
        int generation,
        string? group,
        long? fromMs,
        long? toMs,
        AggregateKey? after,
        int limit,
        CancellationToken cancellation);

    /// <summary>What messages were counted in since they were accepted, by position.</summary>
    ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation);
}

/// <summary>An aggregate's state as stored.</summary>
public sealed record AggregateRow(AggregateKey Key, int Version, ReadOnlyMemory<byte> State);
