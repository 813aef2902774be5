namespace Tributary.Storage.Queries;

/// <summary>What a search asks of a store: short reads, each a snapshot of its own.</summary>
internal interface IMessageRows
{
    /// <summary>The next rows of a search.</summary>
    ValueTask<ScanChunk> ReadAsync(ScanRange range, CancellationToken cancellation);

    /// <summary>The newest spans of these paths, over all of them at most <paramref name="limit"/>.</summary>
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
