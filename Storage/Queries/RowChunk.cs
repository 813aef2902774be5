namespace Tributary.Storage.Queries;

/// <summary>The bounds of one statement of a <see cref="RowScan{T, TMark}"/>, and the rows that it found.</summary>
/// <param name="rowCount">How many rows may be read; see <see cref="AskCount"/>.</param>
internal sealed class RowChunk<T>(
    int rowCount, int matchCount, long matchBytes, Func<T, bool> accepts, Func<T, long> bytesOf)
{
    private long bytes;

    /// <summary>
    /// How many rows a statement asks for: one more than may be read, which only tells that there are more.
    /// </summary>
    public int AskCount => rowCount + 1;

    public List<T> Matches { get; } = [];

    public int ScannedCount { get; private set; }

    /// <summary>The last row that was read.</summary>
    public T? Last { get; private set; }

    /// <summary>True when there was a further row beyond the bound.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Takes the next row; false when the chunk is at its end.</summary>
    public bool Take(T row)
    {
        if (ScannedCount == rowCount || Matches.Count == matchCount || bytes >= matchBytes)
        {
            HasMore = true;
            return false;
        }

        ScannedCount++;
        Last = row;
        if (accepts(row))
        {
            Matches.Add(row);
            bytes += bytesOf(row);
        }

        return true;
    }
}
