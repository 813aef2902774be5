namespace Tributary.Messages;

/// <summary>
/// The feed of committed messages, for Orleans grains and clients. Any key will do: each silo serves the feed of its
/// database to those who ask it.
/// </summary>
[Alias("tributary.message-feed")]
public interface IMessageFeedGrain : IGrainWithStringKey
{
    /// <summary>
    /// The messages after a cursor in the order of the database, and then those that follow as they are committed:
    /// no gap, nothing twice. Ends when the silo stops or the reader is too slow; the reader goes on from the cursor
    /// of the last message that it got, at this silo or another.
    /// </summary>
    /// <param name="after">
    /// The cursor of an entry, <c>start</c> for the first message, or null for those to come.
    /// </param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="TributaryException">
    /// <c>cursor_invalid</c>, <c>cursor_of_another_history</c>; <c>overloaded</c> when there are too many readers.
    /// </exception>
    [Alias("Follow")]
    IAsyncEnumerable<FeedEntry> Follow(string? after, CancellationToken cancellation = default);
}

/// <summary>A committed message.</summary>
/// <param name="Cursor">Where to go on after it.</param>
/// <param name="ItemSequence">Its number among the messages of its item, from 1.</param>
/// <param name="Body">The object as it was posted, in UTF-8.</param>
[GenerateSerializer, Immutable, Alias("tributary.feed-entry")]
public sealed record FeedEntry(
    string Cursor, MessageId Id, string Source, string Item, long ItemSequence, DateTimeOffset ReceivedAt,
    string MediaType, byte[] Body);
