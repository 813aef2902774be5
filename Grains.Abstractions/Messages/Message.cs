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

    /// <summary>The body, byte for byte as received; it goes out as it came in.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The time of acceptance, by the clock of the silo that accepted the message.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>
    /// The values at the indexed paths of the body, at most one per path. Stored beside the message; not read back.
    /// </summary>
    public IReadOnlyList<IndexedValue> IndexedValues { get; init; } = [];
}

/// <summary>The value at an indexed path of a message's body.</summary>
/// <param name="Path">The id of the path: see <c>IPartitionStore.JoinAsync</c>.</param>
/// <param name="Key">The value as a key; keys compared byte by byte have the order of the values.</param>
public readonly record struct IndexedValue(int Path, ReadOnlyMemory<byte> Key);

/// <summary>
/// A message that a turn has appended. Its position is known once its round is durable. A turn's result leaves the silo
/// only after that, so code outside a turn can always read <see cref="Position"/>.
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

    /// <summary>The unfinished parts; empty when the message is completed.</summary>
    public IReadOnlyList<MessagePart> Parts { get; } = parts;

    public Position Position => position >= 0
        ? new Position(position)
        : throw new InvalidOperationException("The position of a message is known only after its round is durable.");

    /// <summary>Called by the engine after the round's commit.</summary>
    public void Commit(Position committed) => position = committed.Value;
}

/// <summary>A message that was accepted earlier under the same external id.</summary>
public sealed class KnownMessage
{
    private readonly AppendedMessage? appended;
    private readonly Position position;

    /// <summary>A message that the store has.</summary>
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
