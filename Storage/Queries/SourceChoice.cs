using Tributary.Messages;
using Tributary.Storage.Messages;

namespace Tributary.Storage.Queries;

/// <summary>
/// Chooses the source of the rows of a piece of a search: of all sources that lead to every match, the one with the
/// fewest rows. The cost of choosing is bounded, and there is none without a choice.
/// </summary>
internal static class SourceChoice
{
    public static async ValueTask<ScanSource> OfAsync(
        RowFilter filter,
        BodyCondition? body,
        SearchPiece piece,
        bool newestFirst,
        IMessageRows rows,
        CancellationToken cancellation)
    {
        var (ordered, ranges) = Choices(filter, body, piece);
        if (ranges.Count == 0 && ordered.Count <= 1)
            return ordered.Count == 1 ? ordered[0] : new ScanSource.AllRows();

        ScanSource? best = null;
        var least = QueryLimits.MaxRangeEntryCount + 1;
        foreach (var source in ordered)
        {
            var count = await rows.CountAsync(source, piece.After, piece.Before, least, cancellation);
            if (best is null || count < least)
                (best, least) = (source, count);
        }

        foreach (var range in ranges)
        {
            if (least <= QueryLimits.FirstChunkRowCount)
                break;
            if (await PositionsAsync(range, piece, least, rows, cancellation) is not { } positions)
                continue;

            least = positions.Length;
            if (newestFirst)
                Array.Reverse(positions);
            best = new ScanSource.AtPositions(positions);
        }

        return best ?? new ScanSource.AllRows();
    }

    private static (List<ScanSource> Ordered, IReadOnlyCollection<KeyRange> Ranges) Choices(
        RowFilter filter, BodyCondition? body, SearchPiece piece)
    {
        var ordered = new List<ScanSource>();
        if (filter.Items is { } items)
            ordered.Add(new ScanSource.OfItems(items));
        // Few messages have parts left; messages without parts must all be scanned.
        if (filter.Statuses is { } statuses && !statuses.Contains(MessageStatus.Completed))
            ordered.Add(new ScanSource.OfStatuses(StatusSet.Indexed(statuses)));
        if (body is null || piece.Paths.Count == 0)
            return (ordered, []);

        var choices = new IndexChoices(body, piece.Paths);
        ordered.AddRange(choices.Values.Select(values => new ScanSource.OfValues(values)));
        return (ordered, choices.Ranges);
    }

    /// <summary>
    /// The positions of a range's entries in the piece, in order; null when there are too many. All entries of the
    /// range count: the index is not in the order of positions, so that the whole range must be read.
    /// </summary>
    private static async ValueTask<long[]?> PositionsAsync(
        KeyRange range, SearchPiece piece, int below, IMessageRows rows, CancellationToken cancellation)
    {
        var found = await rows.ReadPositionsAsync(range, QueryLimits.MaxRangeEntryCount + 1, cancellation);
        if (found.Count > QueryLimits.MaxRangeEntryCount)
            return null;

        var positions = found.Where(position => position > piece.After && position < piece.Before).ToArray();
        Array.Sort(positions);
        return positions.Length < below ? positions : null;
    }
}
