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

    /// <summary>
    /// Whether aggregates count all that rounds up to this position (inclusive) asked them to count, also by calls that
    /// were left to later rounds. Held calls do not count as waiting. What is complete stays so.
    /// </summary>
    ValueTask<CountedSoFar> ReadCountedAsync(Position upTo, CancellationToken cancellation);

    /// <summary>What messages were counted in since they were accepted, by position.</summary>
    ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation);
}

/// <summary>What is known of the counting of messages up to a position, at one moment.</summary>
/// <param name="IsVisible">True when nothing can appear any more up to the position.</param>
/// <param name="HasWaitingCalls">
/// True while calls wait that a round up to the position left, or that followed from such a call.
/// </param>
public readonly record struct CountedSoFar(bool IsVisible, bool HasWaitingCalls)
{
    public bool IsComplete => IsVisible && !HasWaitingCalls;

    /// <summary>The first position after the round of a position: calls of a round have sequences below it.</summary>
    public static Position AfterRoundOf(Position upTo) => Position.Of((upTo.Value >> Position.IndexBits) + 1, 0);
}

/// <summary>An aggregate's state as stored.</summary>
public sealed record AggregateRow(AggregateKey Key, int Version, ReadOnlyMemory<byte> State);
