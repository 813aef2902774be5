using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orleans.Concurrency;
using Orleans.Placement;
using Tributary.Feed;
using Tributary.Messages;

namespace Tributary.Rounds.Orleans.Feed;

/// <inheritdoc cref="IMessageFeedGrain"/>
// One activation per key, because each wait of a reader is a call of its own that must find the reader's enumeration.
[PreferLocalPlacement, Immovable, Reentrant, GrainType("tributary.message-feed")]
internal sealed class MessageFeedGrain(FeedTail tail) : Grain, IMessageFeedGrain
{
    public async IAsyncEnumerable<FeedEntry> Follow(
        string? after, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var from = after is null ? await tail.ReadEndAsync(cancellation) : Cursor.Parse(after, tail.History);
        using var subscription = tail.Subscribe(from);
        await foreach (var slice in subscription.ReadAllAsync(cancellation))
        {
            foreach (var message in slice.Messages)
            {
                // The waiting messages were dropped: the reader goes on from its last position.
                if (subscription.Ended == FeedEnd.TooSlow)
                    yield break;
                yield return Of(message);
            }
        }
    }

    private static FeedEntry Of(FeedMessage message)
    {
        var stored = message.Stored;
        return new FeedEntry(
            message.Cursor.ToString(), stored.Id, stored.Source, stored.Item, stored.ItemSequence, stored.ReceivedAt,
            stored.MediaType, BytesOf(stored.Body));
    }

    // Each body is read into an array of its own that nobody changes, so that most bodies need no copy.
    private static byte[] BytesOf(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment) && segment.Count == segment.Array!.Length
            ? segment.Array : body.ToArray();
}
