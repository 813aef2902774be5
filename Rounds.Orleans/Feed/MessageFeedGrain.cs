using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orleans.Concurrency;
using Tributary.Feed;
using Tributary.Messages;

namespace Tributary.Rounds.Orleans.Feed;

/// <inheritdoc cref="IMessageFeedGrain"/>
[StatelessWorker, Reentrant, GrainType("tributary.message-feed")]
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
                // What waits was dropped: the reader goes on from what it has.
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

    // Bodies are read into arrays of their own, and nobody changes them: most need no copy.
    private static byte[] BytesOf(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment) && segment.Count == segment.Array!.Length
            ? segment.Array : body.ToArray();
}
