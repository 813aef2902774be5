using System.Text.Json;
using Tributary.Messages;

namespace Tributary.Storage;

/// <summary>
/// Reads that search what is committed, for GraphQL. Each is bounded: what cannot be answered from an index is a scan
/// that says how far it went and goes on from there.
/// </summary>
public interface IMessageQueries
{
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

    /// <summary>Messages by id, in one statement; those that do not exist are missing from the answer.</summary>
    ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation);

    /// <summary>
    /// The messages of each of several items, as <see cref="QueryMessagesAsync"/> finds those of one. Bounded by the
    /// bodies in sum: the item at which they are too many has a short list that goes on from its end, and items after
    /// it are missing from the answer; the first item never is.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation);

    /// <summary>The committed states of items by id, in one statement.</summary>
    ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation);

    /// <summary>
    /// Items in the order of their ids, compared as UTF-8, after <paramref name="after"/> (exclusive; null: from the
    /// first), that begin with <paramref name="prefix"/>.
    /// </summary>
    ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation);

    /// <summary>
    /// Failures, newest first, with an id below <paramref name="before"/> (null: from the newest). Ids are UUIDs
    /// version 7.
    /// </summary>
    ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(Guid? before, int limit, CancellationToken cancellation);

    /// <summary>Pending reminders and activities in the order of their due times.</summary>
    ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation);
}

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

/// <summary>A condition on the body of a message.</summary>
public abstract record BodyCondition
{
    /// <summary>
    /// Compares the value at a JSON pointer (RFC 6901). Numbers compare exactly as decimals, strings ordinally as
    /// UTF-8; values of different types are unequal and not ordered. <see cref="Comparison.Exists"/> takes no operand;
    /// <see cref="Comparison.In"/> takes an array. Nothing holds for a value that is not there,
    /// <see cref="Comparison.NotEqual"/> included; a body that is not JSON has no values.
    /// </summary>
    public sealed record Compare(string Pointer, Comparison Comparison, JsonElement Operand) : BodyCondition;

    public sealed record And(IReadOnlyList<BodyCondition> All) : BodyCondition;

    public sealed record Or(IReadOnlyList<BodyCondition> Any) : BodyCondition;

    public sealed record Not(BodyCondition Inner) : BodyCondition;
}

/// <summary>How a value is compared.</summary>
public enum Comparison
{
    Equal,
    NotEqual,
    In,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,

    /// <summary>A string that contains the operand, or an array that has it as an element.</summary>
    Contains,
    Exists,
}

/// <param name="Messages">What matched, in the query's direction.</param>
/// <param name="ScannedTo">
/// The position of the last row looked at: where to go on; null when nothing was looked at.
/// </param>
/// <param name="IsComplete">True when nothing beyond <paramref name="ScannedTo"/> can match.</param>
/// <param name="ScannedCount">How many rows were looked at.</param>
public sealed record MessageMatches(
    IReadOnlyList<StoredMessage> Messages, Position? ScannedTo, bool IsComplete, int ScannedCount);
