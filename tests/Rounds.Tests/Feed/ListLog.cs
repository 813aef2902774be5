using System.Text;
using Tributary.Storage;
using Tributary.Storage.Messages;

namespace Tributary.Rounds.Tests.Feed;

/// <summary>A log of what the test adds, which counts its reads and can be told to fail.</summary>
internal sealed class ListLog : IMessageReads
{
    private readonly Lock gate = new();
    private readonly List<StoredMessage> messages = [];
    private int readsCount;
    private long transaction;

    public int ReadsCount => Volatile.Read(ref readsCount);

    public int FailuresLeft { get; set; }

    /// <summary>Called before each read returns, with what it has read.</summary>
    public Func<MessageSlice, Task>? Reading { get; set; }

    /// <summary>Commits a round with this many messages; their bodies count up over all rounds.</summary>
    public void Commit(int count = 1, int bytes = 0)
    {
        lock (gate)
        {
            transaction++;
            for (var i = 0; i < count; i++)
            {
                var body = Encoding.UTF8.GetBytes($"{{\"n\":{messages.Count + 1}}}{new string(' ', bytes)}");
                messages.Add(
                    new StoredMessage(
                        Position.Of(transaction, i),
                        new MessageId(Guid.CreateVersion7()),
                        "test",
                        "item",
                        1,
                        DateTimeOffset.UnixEpoch,
                        "application/json",
                        body,
                        []));
            }
        }
    }

    public Position At(int number)
    {
        lock (gate)
            return messages[number - 1].Position;
    }

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation)
    {
        lock (gate)
            return new(Position.Of(transaction + 1, 0));
    }

    public async ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation)
    {
        Interlocked.Increment(ref readsCount);
        MessageSlice slice;
        lock (gate)
        {
            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                throw new StoreException(StoreFault.Transient, "A fault that the test asked for.");
            }

            var found = messages.SkipWhile(message => message.Position <= after).Take(limit + 1).ToList();
            slice = new MessageSlice(found.Take(limit).ToList(), Position.Of(transaction + 1, 0), found.Count <= limit);
        }

        if (Reading is { } reading)
            await reading(slice);
        return slice;
    }

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) => throw Unused();

    public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) => throw Unused();

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) => throw Unused();

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) => throw Unused();

    public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation) => throw Unused();

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        throw Unused();

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) => throw Unused();

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) => throw Unused();

    private static NotSupportedException Unused() => new("The feed does not make this read.");
}
