namespace Tributary.Storage.Queries;

/// <summary>What bounds one statement of a search, so that a long search is many short reads.</summary>
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
    /// Bodies of matches, in sum: a search that has found as much ends there and can be gone on with. One match is
    /// always taken.
    /// </summary>
    public const long MaxMatchBytes = 32 << 20;

    /// <summary>
    /// Entries of an index that one statement looks at, over all items or values asked for; at least two of each.
    /// </summary>
    public const int MaxIndexEntryCount = 1 << 16;

    /// <summary>
    /// The most values, of all alternatives of a condition, that are looked up in the index; a condition with more is
    /// not helped by it.
    /// </summary>
    public const int MaxIndexValueCount = 1024;

    /// <summary>
    /// Entries of the index that a range of keys may hold to be answered from it, and rows that are counted to tell
    /// which of several ways leads to the fewest. Ways that lead to more are taken as equal, and a range of more is no
    /// help: its positions would all have to be put in order.
    /// </summary>
    public const int MaxRangeEntryCount = 4096;

    /// <summary>
    /// Pointers of a condition that are looked up among the indexed paths; further ones are not helped by the index.
    /// </summary>
    public const int MaxSearchedPathCount = 64;

    /// <summary>
    /// Spans of indexed paths that one search takes into account, the newest ones; within others messages are scanned.
    /// </summary>
    public const int MaxIndexedSpanCount = 64;

    /// <summary>Messages that are counted, at most, to answer how many hold a value at an indexed path.</summary>
    public const int MaxCountedEntryCount = 10_000;

    /// <summary>The most ids that one statement looks up.</summary>
    public const int LookupCount = 500;

    /// <summary>
    /// Rows of <c>pending</c> that one search for parts looks at; it says how far it went and can be gone on with.
    /// </summary>
    public const int MaxPartScanCount = 1 << 14;
}
