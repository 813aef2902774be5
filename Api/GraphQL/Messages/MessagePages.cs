using Tributary.Api.GraphQL.Paging;
using Tributary.Feed;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Messages;

/// <summary>
/// A page of messages. Keeps its filter, so that the total is counted only when a request selects it.
/// </summary>
internal sealed record MessageConnection(IReadOnlyList<MessageNode> Nodes, PageInfo PageInfo, MessageFilter? Filter)
    : Connection<MessageNode>(Nodes, at => Nodes[at].Cursor, PageInfo);

/// <summary>Reads pages of messages, in the order of acceptance whatever the direction.</summary>
internal sealed class MessagePages(ApiNode node)
{
    public async ValueTask<MessageConnection> ReadAsync(
        PageArguments page, MessageFilter filter, RequestLimits limits, CancellationToken cancellation)
    {
        var (after, before) = BoundsOf(page);
        // One message more than the page holds shows that there is a next page.
        var query = new MessageQuery(
            filter, after, before, page.IsBackward, page.Count + 1, RequestLimits.MaxScanCount);
        if (filter.Body is null)
            return PageOf(
                page, after, before, await node.Messages.QueryMessagesAsync(query, cancellation), filter, limits);

        var found = await limits.SearchAsync(
            async left =>
            {
                var matches = await node.Messages.QueryMessagesAsync(query with { MaxScanCount = left }, cancellation);
                return (matches, matches.ScannedCount);
            },
            cancellation);
        return PageOf(page, after, before, found, filter, limits);
    }

    /// <exception cref="TributaryException"><c>cursor_invalid</c>, <c>cursor_of_another_history</c>.</exception>
    public (Position? After, Position? Before) BoundsOf(PageArguments page) => (
        page.After is { } after ? Cursor.Parse(after, node.History) : null,
        page.Before is { } before ? Cursor.Parse(before, node.History) : null);

    /// <summary>Cuts the found messages to a page.</summary>
    /// <param name="filter">The filter of the total; null when only a search could count it.</param>
    public MessageConnection PageOf(
        PageArguments page, Position? after, Position? before, MessageMatches found, MessageFilter? filter,
        RequestLimits limits)
    {
        var kept = new List<MessageNode>(Math.Min(page.Count, found.Messages.Count));
        foreach (var message in found.Messages)
        {
            if (kept.Count == page.Count)
                break;
            if (!limits.TryTake(message.Body.Length, isFirst: kept.Count == 0))
                break;
            kept.Add(new MessageNode(message, node.History));
        }

        var isCut = kept.Count < found.Messages.Count;
        var hasMore = isCut || !found.IsComplete;
        // The search goes on behind the last message of a full page, else behind the last message that it read.
        var reached =
            !isCut && !found.IsComplete
                ? found.ScannedTo ?? kept.LastOrDefault()?.Stored.Position
                : kept.LastOrDefault()?.Stored.Position;
        var scannedCount = filter is { Body: null } ? (int?)null : found.ScannedCount;
        if (page.IsBackward)
            kept.Reverse();

        var info = page.IsBackward
            ? new PageInfo(
                before is not null, hasMore, CursorOf(reached ?? before), kept.LastOrDefault()?.Cursor ?? page.Before,
                scannedCount)
            : new PageInfo(
                hasMore, after is { Value: > 0 }, kept.FirstOrDefault()?.Cursor ?? page.After,
                CursorOf(reached ?? after ?? Position.Start), scannedCount);
        return new MessageConnection(kept, info, filter);
    }

    private string? CursorOf(Position? position) => position is { } at ? new Cursor(node.History, at).ToString() : null;
}
