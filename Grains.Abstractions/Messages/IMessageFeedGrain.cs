namespace Tributary.Messages;

/// <summary>
/// The feed of committed messages, for Orleans grains and clients. The key names the reader: a reader with a key of its
/// own reads from its own silo, and readers that share a key read from the silo of the first of them.
/// </summary>
[Alias("tributary.message-feed")]
public interface IMessageFeedGrain : IGrainWithStringKey
{
    /// <summary>
    /// The messages after a cursor in the order of the database, then further ones as they are committed, without a gap
    /// or a repeat. Ends when the silo stops or the reader is too slow, and with <c>EnumerationAbortedException</c>
    /// when the silo is lost; the reader goes on from the cursor of its last message, at this silo or another.
    /// </summary>
    /// <param name="after">
    /// The cursor of an entry, <c>start</c> for the first message, or null for messages committed from now on.
    /// </param>
    /// <param name="cancellation">Ends the enumeration.</param>
    /// <exception cref="TributaryException">
    /// <c>cursor_invalid</c>, <c>cursor_of_another_history</c>; <c>overloaded</c> when there are too many readers.
    /// </exception>
    [Alias("Follow")]
    IAsyncEnumerable<FeedEntry> Follow(string? after, CancellationToken cancellation = default);
}

/// <summary>A committed message.</summary>
/// <param name="Cursor">The cursor from which to go on after this entry.</param>
/// <param name="ItemSequence">The message's number among the messages of its item, from 1.</param>
/// <param name="Body">The object as posted, in UTF-8.</param>
[GenerateSerializer, Immutable, Alias("tributary.feed-entry")]
public sealed record FeedEntry(
    string Cursor, MessageId Id, string Source, string Item, long ItemSequence, DateTimeOffset ReceivedAt,
    string MediaType, byte[] Body);
