using Tributary.Storage.Messages;

namespace Tributary.Storage.Queries;

/// <summary>What one statement of a scan may look at.</summary>
/// <param name="Source">Where the rows come from.</param>
/// <param name="After">Exclusive.</param>
/// <param name="Before">Exclusive; the horizon bounds it as well.</param>
/// <param name="RowCount">
/// How many rows may be looked at. The statement asks for one more, which only tells that there are more.
/// </param>
/// <param name="MatchCount">How many matches are wanted.</param>
/// <param name="MatchBytes">Bodies of matches, in sum, at which to stop.</param>
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

    /// <summary>Of given positions those that are asked for.</summary>
    public IEnumerable<long> Next(IEnumerable<long> positions) =>
        positions.Where(position => position > After && position < Before).Take(AskCount);

    public string Direction => NewestFirst ? "desc" : "asc";
}

/// <summary>
/// What one statement found. It is filled by the statement alone, so that one that is run again after a fault begins
/// with a new one.
/// </summary>
internal sealed class ScanChunk(ScanRange range)
{
    public List<StoredMessage> Matches { get; } = [];

    public long MatchBytes { get; private set; }

    public int ScannedCount { get; private set; }

    public Position? ScannedTo { get; private set; }

    /// <summary>True when there was a row that may not be looked at any more.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Takes the next row as looked at; false when the chunk is at its end.</summary>
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
