using Tributary.Grains;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Pipeline.Reading;
using Tributary.Storage.Rounds;

namespace Tributary.Api.GraphQL.Items;

/// <summary>An item as the schema shows it.</summary>
/// <param name="Unfinished">
/// The positions of its newest failed messages, newest first: at most <see cref="ItemView.MaxUnfinishedCount"/>.
/// </param>
internal sealed record ItemNode(
    string ItemId,
    long MessageCount,
    string Source,
    string MediaType,
    DateTimeOffset FirstReceivedAt,
    DateTimeOffset LastReceivedAt,
    MessageId LastMessageId,
    IReadOnlyList<Position> Unfinished,
    int UnfinishedCount)
{
    public string Id => GlobalId.Of(GlobalId.Item, ItemId);

    public static ItemNode Of(ItemView item) =>
        new(
            item.Id,
            item.Sequence,
            item.Source,
            item.MediaType,
            item.FirstReceivedAt,
            item.LastReceivedAt,
            item.LastMessage,
            [.. item.Unfinished.Select(message => message.Message.Position)],
            item.UnfinishedCount);

    /// <summary>An item as stored.</summary>
    public static ItemNode Of(string id, LoadedState stored)
    {
        if (ItemSummary.TryRead(stored.State.Span, out var item))
            return new ItemNode(
                id,
                item.Sequence,
                item.Source,
                item.MediaType,
                item.FirstReceivedAt,
                item.LastReceivedAt,
                item.LastMessage,
                [],
                0);
        var state = StoredState.Read(new RoundGrainId(ItemGrain.GrainType, id), stored, GrainsJson.Default.ItemState);
        return Of(state.View(id));
    }
}
