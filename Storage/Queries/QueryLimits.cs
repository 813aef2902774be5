namespace Tributary.Storage.Queries;

/// <summary>The limits of one statement of a search: a long search is many short reads.</summary>
internal static class QueryLimits
{
    /// <summary>
    /// Rows of the first statement of a scan that checks them: few, because the first matches are often near.
    /// </summary>
    public const int FirstChunkRowCount = 64;

    /// <summary>Each further statement may look at this many times as many rows as the one before.</summary>
    public const int ChunkGrowth = 4;

    /// <summary>The most rows that one statement of a scan looks at.</summary>
    public const int MaxChunkRowCount = 1024;

    /// <summary>
    /// Bytes of matching bodies: a search that has found this much ends there and can be continued. One match is always
    /// taken.
    /// </summary>
    public const long MaxMatchBytes = 32 << 20;

    /// <summary>Entries of an index that one statement reads, over all items or values; at least two of each.</summary>
    public const int MaxIndexEntryCount = 1 << 16;

    /// <summary>
    /// The most values, over all alternatives of a condition, that are looked up in the index; the index does not help
    /// a condition with more.
    /// </summary>
    public const int MaxIndexValueCount = 1024;

    /// <summary>
    /// Entries of the index that a range of keys may hold to be answered from the index, and rows that are counted to
    /// choose the way with the fewest rows. Ways with more rows count as equal. A range with more entries is no help,
    /// because all its positions would have to be sorted.
    /// </summary>
    public const int MaxRangeEntryCount = 4096;

    /// <summary>
    /// Pointers of a condition that are looked up among the indexed paths; the index does not help with further ones.
    /// </summary>
    public const int MaxSearchedPathCount = 64;

    /// <summary>
    /// Spans of indexed paths that one search uses, the newest ones; messages of older spans are scanned.
    /// </summary>
    public const int MaxIndexedSpanCount = 64;

    /// <summary>The most messages that are counted to answer how many hold a value at an indexed path.</summary>
    public const int MaxCountedEntryCount = 10_000;

    /// <summary>The most ids that one statement looks up.</summary>
    public const int LookupCount = 500;

    /// <summary>
    /// Rows of <c>pending</c> that one search for parts reads; the search says how far it came and can be continued.
    /// </summary>
    public const int MaxPartScanCount = 1 << 14;
}
