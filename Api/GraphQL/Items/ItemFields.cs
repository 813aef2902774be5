using System.Text;
using Tributary.Api.GraphQL.Messages;
using Tributary.Api.GraphQL.Paging;
using Tributary.Api.GraphQL.Processing;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Api.GraphQL.Items;

/// <summary>Reads of items: one through its grain, many as committed.</summary>
internal sealed class ItemFields(ApiNode node, MessagePages pages, MessageLookup lookup, MessageParts parts)
{
    private const string CursorKind = "items";

    private readonly ItemMessages messages = new(node, pages);
    private readonly ItemRecords records = new(node);

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Ask("item", (_, context) => ReadAsync(context.Arguments.Get<string>("id")!))
            .Ask("items", (_, context) => ListAsync(context.Arguments, context.CancellationToken));
        bindings.Object<ItemNode>("Item")
            .Batch<MessageId, MessageNode>("lastMessage", item => item.LastMessageId, lookup.FindAsync)
            .Ask("messages", messages.ReadAsync)
            .Ask("records", records.ReadAsync)
            .Ask("failures", (item, context) => parts.FailuresOfAsync(item.Unfinished, context));
        bindings.Object<Connection<ItemNode>>("ItemConnection");
        bindings.Object<Edge<ItemNode>>("ItemEdge");
    }

    /// <summary>The item now, with every message that was acknowledged.</summary>
    public async ValueTask<ItemNode?> ReadAsync(string id)
    {
        if (!IsId(id))
            throw Resolving.Invalid(
                $"The item id is '{id}'; allowed: 1 to {Identifiers.MaxBytes} bytes of UTF-8 without U+0000.");
        return await node.Grains.GetGrain<IItemGrain>(id).Read() is { } item ? ItemNode.Of(item) : null;
    }

    public static bool IsId(string id) =>
        id.Length > 0
        && !id.Contains('\0', StringComparison.Ordinal)
        && Encoding.UTF8.GetByteCount(id) <= Identifiers.MaxBytes;

    /// <summary>The items of a list of messages, with one read of the store.</summary>
    public async Task<IReadOnlyDictionary<string, ItemNode>> OfMessagesAsync(
        IReadOnlyList<string> ids, ResolveContext context)
    {
        var found = await node.Items.FindItemsAsync(ids, context.CancellationToken);
        return found.ToDictionary(item => item.Key, item => ItemNode.Of(item.Key, item.Value));
    }

    private async ValueTask<Connection<ItemNode>> ListAsync(InputObject arguments, CancellationToken cancellation)
    {
        var page = PageArguments.Of(arguments);
        var after = page.After is { } cursor ? GlobalId.KeyOfCursor(CursorKind, cursor) : null;
        var rows = await node.Items.ReadItemsAsync(
            after, arguments.Get<string>("prefix"), page.Count + 1, cancellation);
        return KeyedPage.Of(
            page, rows, row => ItemNode.Of(row.Key, row.Value), row => GlobalId.Of(CursorKind, row.Key));
    }
}
