using Tributary.Api.GraphQL.Messages;
using Tributary.Api.GraphQL.Paging;
using Tributary.GraphQL.Execution;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Items;

/// <summary><c>Item.messages</c>: one read of the store for the pages of all items of a list.</summary>
internal sealed class ItemMessages(ApiNode node, MessagePages pages)
{
    public async ValueTask<MessageConnection> ReadAsync(ItemNode item, ResolveContext context)
    {
        var page = PageArguments.Of(context.Arguments);
        var (after, before) = pages.BoundsOf(page);
        var limits = (RequestLimits)context.State!;
        // The items of a list share the argument object of the field, so it identifies the batch.
        var found = await context.Batch<string, MessageMatches>(context.Arguments, LoadAsync).Load(item.ItemId);
        return found is null
            ? throw limits.TooLarge()
            : pages.PageOf(page, after, before, found, new MessageFilter(Items: [item.ItemId]), limits);
    }

    /// <summary>An item is missing when the answer has no room for its messages.</summary>
    private async Task<IReadOnlyDictionary<string, MessageMatches>> LoadAsync(
        IReadOnlyList<string> items, ResolveContext context)
    {
        var page = PageArguments.Of(context.Arguments);
        var (after, before) = pages.BoundsOf(page);
        var maxBytes = ((RequestLimits)context.State!).MaxAnswerBytes;
        var found = new Dictionary<string, MessageMatches>();
        var bytes = 0L;
        for (
            var left = items;
            left.Count > 0 && bytes <= maxBytes;
            left = items.Where(item => !found.ContainsKey(item)).ToList())
        {
            // One message more than the page holds shows that there is a next page.
            var query = new ItemMessagesQuery(left, after, before, page.IsBackward, page.Count + 1);
            var read = await node.Messages.QueryItemMessagesAsync(query, context.CancellationToken);
            foreach (var (item, matches) in read)
            {
                found.Add(item, matches);
                bytes += matches.Messages.Sum(message => (long)message.Body.Length);
            }
        }

        return found;
    }
}
