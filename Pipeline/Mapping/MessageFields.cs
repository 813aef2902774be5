namespace Tributary.Pipeline.Mapping;

/// <summary>The fields that a mapped message gives; null where it gives none.</summary>
/// <param name="Item">The id of the item.</param>
/// <param name="ContentLocation">Null when the body is the content.</param>
/// <param name="Metadata">One JSON object in UTF-8; empty when the message has none.</param>
public sealed record MessageFields(
    string? Item, string? ContentLocation, string? MetadataLocation, string? MediaType, ReadOnlyMemory<byte> Metadata)
{
    public static MessageFields None { get; } = new(null, null, null, null, default);

    /// <summary>True when content or metadata must be fetched.</summary>
    public bool Refers => ContentLocation is not null || MetadataLocation is not null;
}

/// <param name="Body">The stored body: one JSON object in UTF-8.</param>
public sealed record MappedMessage(ReadOnlyMemory<byte> Body, MessageFields Fields);
