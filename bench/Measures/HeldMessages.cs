using Tributary.Storage;
using Tributary.Storage.Items;
using Tributary.Storage.Messages;
using Tributary.Storage.Rounds;

namespace Tributary.Bench.Measures;

/// <summary>
/// The first messages of a store and their items, held in memory, so that the measurement shows GraphQL alone.
/// </summary>
internal sealed class HeldMessages(IStore stored) : IMessageReads, IItemReads
{
    private List<StoredMessage> messages = [];
    private IReadOnlyDictionary<string, LoadedState> items = new Dictionary<string, LoadedState>();

    /// <summary>Loads the first messages of the store; called before the first query.</summary>
    public async Task HoldAsync(int count, CancellationToken cancellation)
    {
        var found = await stored.Messages.QueryMessagesAsync(
            new MessageQuery(new MessageFilter(), After: null, Before: null, NewestFirst: false, count, count),
            cancellation);
        messages = [.. found.Messages];
        items = await stored.Items.FindItemsAsync([.. messages.Select(message => message.Item)], cancellation);
    }

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation)
    {
        var page = messages.GetRange(0, Math.Min(query.Limit, messages.Count));
        return new(new MessageMatches(page, page[^1].Position, IsComplete: page.Count == messages.Count, page.Count));
    }

    public ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation) => new(ids.ToDictionary(id => id, id => items[id]));

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) => throw NotHeld();

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) => throw NotHeld();

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) => throw NotHeld();

    private static NotSupportedException NotHeld() => new("Only messages and their items are held.");
}
