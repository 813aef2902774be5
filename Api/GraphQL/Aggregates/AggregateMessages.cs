using Tributary.Api.GraphQL.Messages;
using Tributary.Api.GraphQL.Paging;
using Tributary.Pipeline.Contributions;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Aggregates;

/// <summary>
/// The messages that an aggregate counted: a bounded search over messages of its sources, from the time in which they
/// can have arrived.
/// </summary>
internal sealed class AggregateMessages(ApiNode node, MessagePages pages)
{
    /// <summary>
    /// Messages of one read. Only reading them shows which the aggregate counted, so a page may need several reads.
    /// </summary>
    private const int ReadCount = 200;

    public ValueTask<MessageConnection> ReadAsync(
        AggregateNode aggregate, PageArguments page, RequestLimits limits, CancellationToken cancellation)
    {
        var (after, before) = pages.BoundsOf(page);
        return limits.SearchAsync(
            async left =>
            {
                var found = await SearchAsync(
                    aggregate,
                    page,
                    new MessageQuery(FilterOf(aggregate), after, before, page.IsBackward, ReadCount, left),
                    cancellation);
                return (pages.PageOf(page, after, before, found, null, limits), found.ScannedCount);
            },
            cancellation);
    }

    private async ValueTask<MessageMatches> SearchAsync(
        AggregateNode aggregate, PageArguments page, MessageQuery query, CancellationToken cancellation)
    {
        var countedMessages = new CountedMessages(aggregate, node.Aggregates);
        var made = new List<StoredMessage>();
        Position? reached = null;
        var scannedCount = 0;
        while (scannedCount < query.MaxScanCount)
        {
            var limit = Math.Min(ReadCount, query.MaxScanCount - scannedCount);
            var read = await node.Messages.QueryMessagesAsync(
                query with
                {
                    Limit = limit,
                    MaxScanCount = limit,
                },
                cancellation);
            var counted = await countedMessages.OfAsync(read.Messages, cancellation);
            foreach (var message in read.Messages)
            {
                scannedCount++;
                reached = message.Position;
                if (counted.Contains(message.Position))
                    made.Add(message);
                // One message more than the page holds shows that there is a next page.
                if (made.Count > page.Count)
                    return new MessageMatches(made, reached, IsComplete: false, scannedCount);
            }

            if (read.IsComplete || read.Messages.Count == 0)
                return new MessageMatches(made, read.ScannedTo ?? reached, read.IsComplete, scannedCount);
            query = query.NewestFirst ? query with { Before = reached } : query with { After = reached };
        }

        return new MessageMatches(made, reached, IsComplete: false, scannedCount);
    }

    private static MessageFilter FilterOf(AggregateNode aggregate)
    {
        var definition = aggregate.Counted.Definition;
        if (definition.Window is not { } window)
            return new MessageFilter(definition.Sources);

        var start = DateTimeOffset.FromUnixTimeMilliseconds(aggregate.Key.WindowStartMs);
        return window.Time is null
            ? new MessageFilter(definition.Sources, From: start, Until: start.AddMilliseconds(window.SizeMs))
            // Event times further ahead of the arrival are refused, so no message of the window came earlier.
            : new MessageFilter(definition.Sources, From: start.AddMilliseconds(-ContributionCalculator.MaxAheadMs));
    }
}
