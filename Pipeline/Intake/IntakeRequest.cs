using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Mapping;

namespace Tributary.Pipeline.Intake;

/// <summary>A body that came in, with its properties.</summary>
public readonly record struct IntakeRequest
{
    /// <summary>The stream by which the body came in; 1 to 512 bytes of UTF-8.</summary>
    public required string Source { get; init; }

    /// <summary>The body; must not change until the returned task has ended.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The media type; null stands for <c>application/json</c>.</summary>
    public string? MediaType { get; init; }

    /// <summary>The producer's own id of the message, or null; 1 to 512 bytes of UTF-8.</summary>
    public string? ExternalId { get; init; }

    /// <summary>
    /// The place of the item's id in the body, or null. Ignored when there is a <see cref="Mapper"/>, which finds the
    /// item.
    /// </summary>
    public JsonPointer? ItemPointer { get; init; }

    /// <summary>
    /// Maps the body to the message; null when the body is the message. A body that cannot be mapped is stored parked.
    /// </summary>
    public MessageMapper? Mapper { get; init; }

    /// <summary>
    /// A further check of the body, called when the door has found nothing wrong with it and before anything is sent;
    /// throws what refuses the message. Null for none.
    /// </summary>
    public Action? Check { get; init; }

    /// <summary>
    /// Requests with one number reach their items in the order of their calls; 0 when their order does not matter.
    /// </summary>
    public int Order { get; init; }
}
