namespace Tributary.Pipeline.Mapping;

/// <summary>What a mapped message says of itself; null where it says nothing.</summary>
/// <param name="Item">The id of the item.</param>
/// <param name="ContentLocation">Null when the body is the content.</param>
/// <param name="Metadata">One JSON object in UTF-8; empty when it is not in the message.</param>
public sealed record MessageFields(
    string? Item, string? ContentLocation, string? MetadataLocation, string? MediaType, ReadOnlyMemory<byte> Metadata)
{
    public static MessageFields None { get; } = new(null, null, null, null, default);

    /// <summary>True when something must be fetched.</summary>
    public bool Refers => ContentLocation is not null || MetadataLocation is not null;
}

/// <param name="Body">One JSON object in UTF-8: what is stored.</param>
public sealed record MappedMessage(ReadOnlyMemory<byte> Body, MessageFields Fields);
