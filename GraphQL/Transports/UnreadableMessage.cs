using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// A WebSocket message in which a string or name contains a lone surrogate. Its members stay JSON,
/// because decoding one to text would throw.
/// </summary>
internal sealed class UnreadableMessage
{
    /// <summary>The error payload that refuses the operation.</summary>
    public static readonly string Refusal =
        RefusalOf(new GraphQLError(LoneSurrogates.Refusal, Code: ErrorCodes.BadRequest));

    public UnreadableMessage(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) return;
        foreach (var member in message.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (name.SequenceEqual("type"u8)) Type = TextOf(member.Value);
            else if (name.SequenceEqual("id"u8)) (RawId, Id) = (RawOf(member.Value), TextOf(member.Value));
            else if (name.SequenceEqual("payload"u8) && member.Value.ValueKind != JsonValueKind.Null)
                RawPayload = member.Value.GetRawText();
        }
    }

    /// <summary>Null when the member is missing or cannot be decoded.</summary>
    public string? Type { get; }

    /// <summary>Null when the member is missing, empty or cannot be decoded.</summary>
    public string? Id { get; }

    /// <summary>The id as JSON; null when it is missing, empty or not a string.</summary>
    public string? RawId { get; }

    /// <summary>The payload as JSON; null when there is none.</summary>
    public string? RawPayload { get; }

    private static string? RawOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetRawText() is { Length: > 2 } raw ? raw : null;

    private static string? TextOf(JsonElement value) =>
        RawOf(value) is { } raw && !LoneSurrogates.AreIn(Encoding.UTF8.GetBytes(raw)) ? value.GetString() : null;

    private static string RefusalOf(GraphQLError error)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Execution.ResultWriter.Options))
            Execution.ResultWriter.WriteErrors(writer, [error]);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
