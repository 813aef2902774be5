using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory.Messages;

/// <summary>
/// Reads and searches of stored messages. What the databases find by an index is found by going through everything, and
/// counted alike.
/// </summary>
internal sealed class InMemoryMessages(InMemoryDatabase database, InMemoryGate gate, ILedgerReads ledger)
    : IMessageReads
{
    private readonly InMemoryScan scan = new(database, gate);

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => database.Horizon);

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit,
        CancellationToken cancellation) => gate.RunAsync<IReadOnlyList<StoredMessage>>(StoreCall.Log, () =>
        {
            var end = database.FirstAtOrAbove(below.Value) - offset;
            var start = Math.Max(0, end - limit);
            if (end <= start)
                return [];

            var messages = database.MessageRows.GetRange(start, end - start);
            messages.Reverse();
            return messages;
        });

    public ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () =>
        {
            var messages = new List<StoredMessage>();
            var bytes = 0L;
            var end = database.FirstAtOrAbove(database.Horizon.Value);
            for (var i = database.FirstAtOrAbove(after.Value + 1); i < end; i++)
            {
                var message = database.MessageRows[i];
                bytes += message.Body.Length;
                if (messages.Count >= limit || (messages.Count > 0 && bytes > maxBytes))
                    return new MessageSlice(messages, database.Horizon, false);
                messages.Add(message);
            }

            return new MessageSlice(messages, database.Horizon, true);
        });

    public ValueTask<long> CountBelowAsync(
        Position below, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () =>
    {
        var count = database.FoldedTallies.FindLast(row => row.Position < below.Value)?.CountBelow(below.Value) ?? 0;
        foreach (var silo in database.Silos.Values)
        {
            var index = silo.Tallies.FindLastIndex(tally => tally.First < below.Value);
            if (index < 0)
                continue;
            var (begin, last) = (silo.Tallies[0], silo.Tallies[index]);
            count += last.Total - last.Count + Math.Min(last.Count, below.Value - last.First);
            count -= begin.Total - begin.Count;
        }

        return count;
    });

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
            database.MessagesById.GetValueOrDefault(id) is { } found && found.Position < database.Horizon
                ? found : null);

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => database.MessagesById.GetValueOrDefault(id));

    public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids,
        CancellationToken cancellation
    ) =>
        gate.RunAsync<IReadOnlyDictionary<MessageId, StoredMessage>>(StoreCall.Log, () =>
            ids.Distinct()
                .Where(database.MessagesById.ContainsKey)
                .ToDictionary(id => id, id => database.MessagesById[id]));

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        MessageScan.RunAsync(query, scan, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        MessageCounts.CountAsync(this, ledger, scan, filter, cancellation);

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => InMemoryItemMessages.Read(database, query));
}
