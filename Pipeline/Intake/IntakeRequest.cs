using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Intake;

/// <summary>A body that came in, and what is known about it.</summary>
public readonly record struct IntakeRequest
{
    /// <summary>The stream that it came in by; 1 to 512 bytes of UTF-8.</summary>
    public required string Source { get; init; }

    /// <summary>The body; must not change until the returned task has ended.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The media type; null stands for <c>application/json</c>.</summary>
    public string? MediaType { get; init; }

    /// <summary>The producer's own id of the message, or null; 1 to 512 bytes of UTF-8.</summary>
    public string? ExternalId { get; init; }

    /// <summary>
    /// Where in the body the item's id stands, or null. Without meaning when there is a <see cref="Mapper"/>, which
    /// finds the item itself.
    /// </summary>
    public JsonPointer? ItemPointer { get; init; }

    /// <summary>
    /// Makes the message of what came; null when the body is the message. What it cannot map is stored all the same,
    /// and parked.
    /// </summary>
    public MessageMapper? Mapper { get; init; }
}
