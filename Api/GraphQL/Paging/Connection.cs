namespace Tributary.Api.GraphQL.Paging;

/// <summary>A page of a list, in the form of Relay.</summary>
/// <param name="CursorAt">
/// The cursor of a node by its index in the page; called only when a request selects edges.
/// </param>
internal record Connection<TNode>(IReadOnlyList<TNode> Nodes, Func<int, string> CursorAt, PageInfo PageInfo)
{
    public IReadOnlyList<Edge<TNode>> Edges => Nodes.Select((node, at) => new Edge<TNode>(node, CursorAt(at))).ToList();
}

internal sealed record Edge<TNode>(TNode Node, string Cursor);

/// <param name="ScannedCount">The count of rows that a search read; null without a search.</param>
internal sealed record PageInfo(
    bool HasNextPage, bool HasPreviousPage, string? StartCursor, string? EndCursor, int? ScannedCount = null);

internal static class KeyedPage
{
    /// <summary>A forward page of a list that is ordered by a key.</summary>
    /// <param name="rows">One row more than the page holds, when there is a next page.</param>
    public static Connection<TNode> Of<TRow, TNode>(
        PageArguments page, IReadOnlyList<TRow> rows, Func<TRow, TNode> nodeOf, Func<TRow, string> cursorOf)
    {
        var nodes = rows.Take(page.Count).Select(nodeOf).ToList();
        var (first, last) =
            nodes.Count == 0 ? (null, page.After) : (cursorOf(rows[0]), cursorOf(rows[nodes.Count - 1]));
        return new Connection<TNode>(
            nodes,
            at => cursorOf(rows[at]),
            new PageInfo(rows.Count > page.Count, page.After is not null, first, last));
    }
}
