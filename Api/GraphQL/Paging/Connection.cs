namespace Tributary.Api.GraphQL.Paging;

/// <summary>A page of a list, as Relay has it.</summary>
internal record Connection<TNode>(IReadOnlyList<Edge<TNode>> Edges, PageInfo PageInfo)
{
    public IReadOnlyList<TNode> Nodes { get; } = Edges.Select(edge => edge.Node).ToList();
}

internal sealed record Edge<TNode>(TNode Node, string Cursor);

/// <param name="ScannedCount">How many rows a search looked at; null where nothing is searched.</param>
internal sealed record PageInfo(bool HasNextPage, bool HasPreviousPage, string? StartCursor, string? EndCursor, int? ScannedCount = null);

internal static class KeyedPage
{
    /// <summary>A forward page of a list that is ordered by a key.</summary>
    /// <param name="rows">One more than the page holds, when there is more.</param>
    public static Connection<TNode> Of<TRow, TNode>(PageArguments page, IReadOnlyList<TRow> rows, Func<TRow, TNode> nodeOf, Func<TRow, string> cursorOf)
    {
        var edges = rows.Take(page.Count).Select(row => new Edge<TNode>(nodeOf(row), cursorOf(row))).ToList();
        return new Connection<TNode>(
            edges, new PageInfo(rows.Count > page.Count, page.After is not null, edges.FirstOrDefault()?.Cursor, edges.LastOrDefault()?.Cursor ?? page.After));
    }
}
