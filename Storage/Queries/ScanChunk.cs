using Tributary.Storage.Messages;

namespace Tributary.Storage.Queries;

/// <summary>The bounds of one statement of a scan.</summary>
/// <param name="Source">Where the rows come from.</param>
/// <param name="After">Exclusive.</param>
/// <param name="Before">Exclusive; the horizon bounds it as well.</param>
/// <param name="RowCount">
/// How many rows may be read. The statement asks for one more, which only tells that there are more.
/// </param>
/// <param name="MatchCount">How many matches are wanted.</param>
/// <param name="MatchBytes">Bytes of matching bodies at which to stop.</param>
internal sealed record ScanRange(
    RowFilter Filter,
    ScanSource Source,
    long After,
    long Before,
    bool NewestFirst,
    int RowCount,
    int MatchCount,
    long MatchBytes)
{
    /// <summary>How many rows, or entries of an index per item, a statement asks for.</summary>
    public int AskCount => RowCount + 1;

    /// <summary>The positions that this range asks for, among those given.</summary>
    public IEnumerable<long> Next(IEnumerable<long> positions) =>
        positions.Where(position => position > After && position < Before).Take(AskCount);

    public string Direction => NewestFirst ? "desc" : "asc";
}

/// <summary>
/// The rows that one statement found. Only one run of the statement fills it; a run after a fault begins with a new
/// one.
/// </summary>
internal sealed class ScanChunk(ScanRange range)
{
    public List<StoredMessage> Matches { get; } = [];

    public long MatchBytes { get; private set; }

    public int ScannedCount { get; private set; }

    public Position? ScannedTo { get; private set; }

    /// <summary>True when there was a further row beyond the bound.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Counts the next row as read; false when the chunk is at its end.</summary>
    public bool Take(long position)
    {
        if (ScannedCount == range.RowCount || Matches.Count == range.MatchCount || MatchBytes >= range.MatchBytes)
        {
            HasMore = true;
            return false;
        }

        ScannedCount++;
        ScannedTo = new Position(position);
        return true;
    }

    /// <summary>The row taken last matches.</summary>
    public void Add(StoredMessage message)
    {
        Matches.Add(message);
        MatchBytes += message.Body.Length;
    }
}
