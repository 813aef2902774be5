namespace Tributary.Storage.Queries;

/// <summary>The reads of a search from a store: short, and each a snapshot of its own.</summary>
internal interface IMessageRows
{
    /// <summary>The next rows of a search.</summary>
    ValueTask<ScanChunk> ReadAsync(ScanRange range, CancellationToken cancellation);

    /// <summary>The newest spans of these paths, at most <paramref name="limit"/> for all of them together.</summary>
    ValueTask<IndexedSpans> ReadSpansAsync(IReadOnlyList<string> pointers, int limit, CancellationToken cancellation);

    /// <summary>
    /// How many rows a source leads to between two positions, both exclusive, and below the horizon; counts to
    /// <paramref name="limit"/>.
    /// </summary>
    ValueTask<int> CountAsync(ScanSource source, long after, long before, int limit, CancellationToken cancellation);

    /// <summary>
    /// The positions of the first entries of a range of keys, at most <paramref name="limit"/>, in no order.
    /// </summary>
    ValueTask<IReadOnlyList<long>> ReadPositionsAsync(KeyRange range, int limit, CancellationToken cancellation);
}
