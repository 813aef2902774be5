using System.Text.Json;
using Tributary.Grains;
using Tributary.Runtime.Store;

namespace Tributary.Api.GraphQL.Items;

/// <summary>An item as the schema shows it.</summary>
internal sealed record ItemNode(
    string ItemId, long MessageCount, string Source, string MediaType, DateTimeOffset FirstReceivedAt, DateTimeOffset LastReceivedAt, MessageId LastMessageId)
{
    private const string JsonMediaType = "application/json";

    public string Id => GlobalId.Of(GlobalId.Item, ItemId);

    public static ItemNode Of(ItemView item) =>
        new(item.Id, item.Sequence, item.Source, item.MediaType, item.FirstReceivedAt, item.LastReceivedAt, item.LastMessage);

    /// <summary>An item as stored.</summary>
    public static ItemNode Of(string id, LoadedState stored)
    {
        var state = JsonSerializer.Deserialize(stored.State.Span, GrainsJson.Default.ItemState) ?? throw new JsonException("A stored item is null.");
        return new ItemNode(
            id, state.Sequence, state.Source, state.MediaType ?? JsonMediaType, DateTimeOffset.FromUnixTimeMilliseconds(state.FirstMs ?? state.LastMs),
            DateTimeOffset.FromUnixTimeMilliseconds(state.LastMs), new MessageId(state.LastMessage));
    }
}
