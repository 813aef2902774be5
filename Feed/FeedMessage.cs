using Tributary.Storage.Messages;

namespace Tributary.Feed;

/// <summary>A committed message on its way out: one instance for all subscribers of the silo.</summary>
public sealed class FeedMessage(StoredMessage message, Guid history)
{
    private byte[]? withCursor;

    public StoredMessage Stored { get; } = message;

    public Position Position => Stored.Position;

    /// <summary>The message's object as it was posted.</summary>
    public ReadOnlyMemory<byte> Body => Stored.Body;

    public Cursor Cursor => new(history, Stored.Position);

    /// <summary>
    /// <c>{"cursor":"…","message":…}</c> with the object as posted. Made on first use and shared; two threads that race
    /// make equal bytes, so either result is right.
    /// </summary>
    public ReadOnlyMemory<byte> BodyWithCursor => withCursor ??= Wrap();

    private byte[] Wrap()
    {
        var before = "{\"cursor\":\""u8;
        var between = "\",\"message\":"u8;
        var bytes = new byte[before.Length + Cursor.TextLength + between.Length + Body.Length + 1];
        before.CopyTo(bytes);
        var at = before.Length;
        Cursor.Write(bytes.AsSpan(at));
        at += Cursor.TextLength;
        between.CopyTo(bytes.AsSpan(at));
        at += between.Length;
        Body.Span.CopyTo(bytes.AsSpan(at));
        bytes[^1] = (byte)'}';
        return bytes;
    }
}

/// <summary>Messages in order, immutable and shared by all subscribers.</summary>
/// <param name="Messages">Ascending by position.</param>
/// <param name="End">Every message up to this position has been read; a reader of this slice goes on from here.</param>
/// <param name="Bytes">The total length of the bodies.</param>
public sealed record FeedSlice(IReadOnlyList<FeedMessage> Messages, Position End, long Bytes)
{
    public static FeedSlice Of(MessageSlice read, Position after, Guid history)
    {
        var messages = new FeedMessage[read.Messages.Count];
        var bytes = 0L;
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = new FeedMessage(read.Messages[i], history);
            bytes += messages[i].Body.Length;
        }

        var end = messages.Length == 0 ? after : messages[^1].Position;
        // Nothing can appear below the horizon any more, so a complete read reaches up to it.
        var last = new Position(read.Horizon.Value - 1);
        return new FeedSlice(messages, read.Complete && last > end ? last : end, bytes);
    }

    /// <summary>This slice without the messages at or before <paramref name="position"/>.</summary>
    public FeedSlice After(Position position)
    {
        if (Messages.Count == 0 || Messages[0].Position > position)
            return this;

        var left = Messages.SkipWhile(message => message.Position <= position).ToArray();
        return new FeedSlice(left, End, left.Sum(message => (long)message.Body.Length));
    }
}
