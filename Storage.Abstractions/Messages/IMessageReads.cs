using Tributary.Messages;

namespace Tributary.Storage.Messages;

/// <summary>
/// Reads and searches of stored messages. A read sees only messages below the horizon, the position below which nothing
/// can appear any more; so what one read saw, every later read sees in the same order. Each search is bounded: one that
/// no index answers is a scan that says how far it went and goes on from there.
/// </summary>
public interface IMessageReads
{
    /// <summary>The horizon as of now.</summary>
    ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation);

    /// <summary>
    /// Messages below <paramref name="below"/> (at most the horizon), newest first, at a cost linear in offset + limit.
    /// </summary>
    ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation);

    /// <summary>
    /// Messages after <paramref name="after"/> and below the horizon, oldest first, at most <paramref name="limit"/>
    /// and about <paramref name="maxBytes"/> of bodies (always at least one if there is one), at a cost that does not
    /// grow with the position.
    /// </summary>
    ValueTask<MessageSlice> ReadAfterAsync(Position after, int limit, long maxBytes, CancellationToken cancellation);

    /// <summary>How many messages lie below <paramref name="below"/>, without a scan of messages.</summary>
    ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation);

    ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation);

    /// <summary>A stored message by id, also above the horizon: for the turn that goes on with it.</summary>
    ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation);

    /// <summary>Messages by id, in one statement; those that do not exist are missing from the answer.</summary>
    ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation);

    /// <summary>
    /// Messages that match, below the horizon, in the query's direction. Conditions on source, item, time and indexed
    /// paths are part of the statement; conditions on other paths are checked on the rows that it yields, at most
    /// <see cref="MessageQuery.MaxScanCount"/> of them.
    /// </summary>
    ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation);

    /// <summary>
    /// How many messages match: all of them, those of sources, or those with a value at a path that was always indexed,
    /// if they are few; null when that would take a scan.
    /// </summary>
    ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation);

    /// <summary>
    /// The messages of each of several items, as <see cref="QueryMessagesAsync"/> finds those of one. Bounded by the
    /// bodies in sum: the item at which they are too many has a short list that goes on from its end, and items after
    /// it are missing from the answer; the first item never is.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation);
}

/// <summary>A message as stored.</summary>
public sealed record StoredMessage(
    Position Position,
    MessageId Id,
    string Source,
    string Item,
    long ItemSequence,
    DateTimeOffset ReceivedAt,
    string MediaType,
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<int> Generations);

/// <param name="Horizon">The horizon that bounded the read.</param>
/// <param name="Complete">True when there was nothing more below the horizon.</param>
public sealed record MessageSlice(IReadOnlyList<StoredMessage> Messages, Position Horizon, bool Complete);

/// <param name="Filter">What must hold.</param>
/// <param name="After">Exclusive lower bound; null: open.</param>
/// <param name="Before">Exclusive upper bound; null: the horizon.</param>
/// <param name="NewestFirst">The direction.</param>
/// <param name="Limit">How many matches at most.</param>
/// <param name="MaxScanCount">How many rows may be looked at.</param>
public sealed record MessageQuery(
    MessageFilter Filter, Position? After, Position? Before, bool NewestFirst, int Limit, int MaxScanCount);

/// <param name="Items">Their ids.</param>
/// <param name="After">Exclusive lower bound; null: open.</param>
/// <param name="Before">Exclusive upper bound; null: the horizon.</param>
/// <param name="NewestFirst">The direction.</param>
/// <param name="LimitPerItem">How many messages of one item at most.</param>
public sealed record ItemMessagesQuery(
    IReadOnlyList<string> Items, Position? After, Position? Before, bool NewestFirst, int LimitPerItem);

/// <summary>All conditions must hold; null conditions are open.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="Until">Exclusive.</param>
public sealed record MessageFilter(
    IReadOnlyList<string>? Sources = null,
    IReadOnlyList<string>? Items = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    BodyCondition? Body = null,
    IReadOnlyList<MessageStatus>? Statuses = null);

/// <param name="Messages">What matched, in the query's direction.</param>
/// <param name="ScannedTo">
/// The position of the last row looked at: where to go on; null when nothing was looked at.
/// </param>
/// <param name="IsComplete">True when nothing beyond <paramref name="ScannedTo"/> can match.</param>
/// <param name="ScannedCount">How many rows were looked at.</param>
public sealed record MessageMatches(
    IReadOnlyList<StoredMessage> Messages, Position? ScannedTo, bool IsComplete, int ScannedCount);
