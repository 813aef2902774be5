namespace Tributary.Storage.Queries;

/// <summary>
/// Spans of indexed paths, and the horizon at the moment of the read: below it the spans do not change any more.
/// </summary>
internal sealed record IndexedSpans(Position Horizon, IReadOnlyList<IndexedSpan> Rows)
{
    /// <summary>
    /// Cuts the positions between two bounds, both exclusive, wherever the index of a path begins or ends. The pieces
    /// are in the order of positions and end at the horizon.
    /// </summary>
    public IEnumerable<SearchPiece> Cut(long after, long before)
    {
        var (start, end) = (after + 1, Math.Min(before, Horizon.Value));
        var cuts = Rows.SelectMany(row => new[] { row.Since.Value, row.Until?.Value ?? end })
            .Where(cut => cut > start && cut < end).Append(end).Distinct().Order();
        foreach (var cut in cuts)
        {
            if (cut <= start)
                yield break;

            var ids = Rows.Where(row => row.Since.Value <= start && !(row.Until?.Value < cut))
                .ToDictionary(row => row.Pointer, row => row.Path);
            yield return new SearchPiece(start - 1, cut, ids);
            start = cut;
        }
    }
}

/// <summary>Positions between which the index holds the values at a path.</summary>
/// <param name="Path">The id of the path.</param>
/// <param name="Since">Inclusive.</param>
/// <param name="Until">Exclusive; null while it goes on.</param>
internal sealed record IndexedSpan(int Path, string Pointer, Position Since, Position? Until);

/// <summary>Neighbouring positions with the paths that are indexed there.</summary>
/// <param name="After">Exclusive.</param>
/// <param name="Before">Exclusive.</param>
/// <param name="Paths">The ids of paths by their pointers.</param>
internal sealed record SearchPiece(long After, long Before, IReadOnlyDictionary<string, int> Paths);
