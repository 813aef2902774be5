namespace Tributary.Messages;

/// <summary>One immutable JSON object accepted from a source.</summary>
[Immutable]
public sealed record Message
{
    public required MessageId Id { get; init; }

    /// <summary>The stream that the message came in by; at most 512 bytes of UTF-8.</summary>
    public required string Source { get; init; }

    /// <summary>The item that the message speaks of; at most 512 bytes of UTF-8.</summary>
    public required string Item { get; init; }

    /// <summary>
    /// The producer's own id of the message (an idempotency key), or null; at most 512 bytes of UTF-8.
    /// </summary>
    public string? ExternalId { get; init; }

    /// <summary>
    /// The media type of <see cref="Body"/>, <c>application/json</c> unless the source says otherwise.
    /// </summary>
    public required string MediaType { get; init; }

    /// <summary>The body as the bytes that came in: never re-serialised, so that it goes out as it came.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>When the message was accepted, by the clock of the node that accepted it.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>
    /// What the indexed paths hold in the body, at most one per path; stored beside the message and not read back.
    /// </summary>
    public IReadOnlyList<IndexedValue> IndexedValues { get; init; } = [];
}

/// <summary>What an indexed path holds in the body of a message.</summary>
/// <param name="Path">The id of the path: see <c>IPartitionStore.JoinAsync</c>.</param>
/// <param name="Key">The value as a key: compared byte by byte, keys have the order of values.</param>
public readonly record struct IndexedValue(int Path, ReadOnlyMemory<byte> Key);

/// <summary>
/// A message that a turn has appended. Its position is known once its round is durable, which is before anything that
/// the turn returned can leave the silo; so whoever holds this outside a turn can read <see cref="Position"/>.
/// </summary>
public sealed class AppendedMessage(
    Message message, long itemSequence, IReadOnlyList<int> generations, params IReadOnlyList<MessagePart> parts)
{
    private long position = -1;

    public Message Message { get; } = message;

    /// <summary>The place of the message among the messages of its item, from 1.</summary>
    public long ItemSequence { get; } = itemSequence;

    /// <summary>The ids of the aggregate generations that the message contributed to.</summary>
    public IReadOnlyList<int> Generations { get; } = generations;

    /// <summary>What is left to be done of it; empty when it is completed.</summary>
    public IReadOnlyList<MessagePart> Parts { get; } = parts;

    public Position Position => position >= 0
        ? new Position(position)
        : throw new InvalidOperationException("The position of a message is known only after its round is durable.");

    /// <summary>Called by the engine when the round's commit has returned.</summary>
    public void Commit(Position committed) => position = committed.Value;
}

/// <summary>A message that was accepted earlier under the same external id.</summary>
public sealed class KnownMessage
{
    private readonly AppendedMessage? appended;
    private readonly Position position;

    /// <summary>A message found in the store.</summary>
    public KnownMessage(MessageId id, string item, UInt128 bodyHash, Position position)
    {
        Id = id;
        Item = item;
        BodyHash = bodyHash;
        this.position = position;
    }

    /// <summary>A message of a round that may not be durable yet.</summary>
    public KnownMessage(AppendedMessage appended, UInt128 bodyHash)
    {
        Id = appended.Message.Id;
        Item = appended.Message.Item;
        BodyHash = bodyHash;
        this.appended = appended;
    }

    public MessageId Id { get; }

    public string Item { get; }

    /// <summary>The first 128 bits of the SHA-256 of the body.</summary>
    public UInt128 BodyHash { get; }

    public Position Position => appended?.Position ?? position;
}
