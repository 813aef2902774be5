using System.Buffers;
using System.Text.Json;

namespace Tributary.Pipeline.Mapping;

/// <summary>
/// The stored form of bytes that could not be mapped: a JSON object with the bytes in base64 and the sender's media
/// type. A retry maps the bytes again.
/// </summary>
public static class UnparsedEnvelope
{
    public const string MediaType = "application/vnd.tributary.unparsed+json";

    public static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> raw, string? mediaType)
    {
        var written = new ArrayBufferWriter<byte>((raw.Length / 3 * 4) + 128);
        using (var writer = new Utf8JsonWriter(written))
        {
            writer.WriteStartObject();
            writer.WriteBase64String("raw", raw);
            if (mediaType is not null)
                writer.WriteString("media_type", mediaType);
            writer.WriteEndObject();
        }

        return written.WrittenMemory;
    }

    /// <summary>The bytes as they came.</summary>
    /// <exception cref="TributaryException"><c>envelope_invalid</c>: the body was not written by this type.</exception>
    public static byte[] ReadRaw(ReadOnlySpan<byte> envelope)
    {
        try
        {
            return JsonElement.Parse(envelope).GetProperty("raw").GetBytesFromBase64();
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new TributaryException(
                "envelope_invalid",
                "The stored body holds no raw bytes; allowed: an object with raw in base64.",
                error);
        }
    }
}
