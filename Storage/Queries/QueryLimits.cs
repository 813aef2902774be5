namespace Tributary.Storage.Queries;

/// <summary>What bounds one statement of a search, so that a long search is many short reads.</summary>
internal static class QueryLimits
{
    /// <summary>Rows of the first statement of a scan that checks them: few, because the first matches are often near.</summary>
    public const int FirstChunkRowCount = 64;

    /// <summary>Each further statement may look at this many times as many rows as the one before.</summary>
    public const int ChunkGrowth = 4;

    /// <summary>The most rows that one statement of a scan looks at.</summary>
    public const int MaxChunkRowCount = 1024;

    /// <summary>Bodies of matches, in sum: a search that has found as much ends there and can be gone on with. One match is always taken.</summary>
    public const long MaxMatchBytes = 32 << 20;

    /// <summary>Entries of the index by item that one statement looks at, over all items asked for; at least two of each.</summary>
    public const int MaxIndexEntryCount = 1 << 16;

    /// <summary>The most ids that one statement looks up.</summary>
    public const int LookupCount = 500;

    /// <summary>Rows of <c>pending</c> that one search for parts looks at; it says how far it went and can be gone on with.</summary>
    public const int MaxPartScanCount = 1 << 14;
}
