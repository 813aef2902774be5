using Tributary.Api.GraphQL.Items;
using Tributary.Api.GraphQL.Paging;
using Tributary.Api.GraphQL.Processing;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;
using Tributary.Messages;

namespace Tributary.Api.GraphQL.Messages;

/// <summary>Reads of messages: one by its id, many by a filter.</summary>
internal sealed class MessageFields(
    ApiNode node, MessagePages pages, MessageLookup lookup, MessageParts parts, ItemFields items)
{
    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Ask("message", (_, context) => FindAsync(context.Arguments.Get<string>("id")!, context))
            .Ask("messages", (_, context) => ListAsync(context));
        bindings.Object<MessageNode>("Message")
            .Batch<string, ItemNode>("item", message => message.ItemId, items.OfMessagesAsync)
            .Ask("status", (message, context) => parts.StatusOfAsync(message.Stored.Position, context))
            .Ask("failures", (message, context) => parts.FailuresOfAsync([message.Stored.Position], context));
        bindings
            .Object<MessageConnection>("MessageConnection")
            .Ask("totalCount", (connection, context) =>
                connection.Filter is { } filter
                    ? node.Messages.CountMessagesAsync(filter, context.CancellationToken)
                    : default);
        bindings.Object<Edge<MessageNode>>("MessageEdge");
        bindings.Object<PageInfo>("PageInfo");
        bindings.Enum<MessageStatus>("MessageStatus");
    }

    /// <summary>The message with this id, or null. One read of the store serves all ids of a request.</summary>
    public async ValueTask<MessageNode?> FindAsync(string text, ResolveContext context)
    {
        if (!MessageId.TryParse(text, out var id))
            throw Resolving.Invalid(
                $"The message id is '{text}'; allowed: a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057. A global "
                + "id goes to node(id).");
        return await context.Batch<MessageId, MessageNode>(this, lookup.FindAsync).Load(id);
    }

    private ValueTask<MessageConnection> ListAsync(ResolveContext context) =>
        pages.ReadAsync(
            PageArguments.Of(context.Arguments),
            FilterReader.Read(context.Arguments.Get<InputObject>("filter")),
            (RequestLimits)context.State!,
            context.CancellationToken);
}
