using Tributary.Storage.Messages;

namespace Tributary.Grains.Tests.Grains;

/// <summary>A clock that stands still at <see cref="FakeTurn.Start"/> plus what a test adds.</summary>
internal sealed class FixedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = FakeTurn.Start;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>Messages that refuse every read that a test does not expect.</summary>
internal abstract class FakeMessages : IMessageReads
{
    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) => throw Unexpected();

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) => throw Unexpected();

    public virtual ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) =>
        throw Unexpected();

    public virtual ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) =>
        throw Unexpected();

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        throw Unexpected();

    public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        throw Unexpected();

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        throw Unexpected();

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) => throw Unexpected();

    private static InvalidOperationException Unexpected() => new("This read was not expected.");
}
