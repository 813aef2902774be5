using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tributary.Pipeline.Intake;

/// <summary>
/// The stored form of a refused delivery: a JSON object with the delivery's bytes in base64 and its properties. The
/// same delivery makes the same object, so that a redelivery is a repeat; the reason stands in the message's part.
/// </summary>
/// <param name="Raw">The bytes as they came, or their beginning.</param>
/// <param name="BytesCount">
/// The delivery's length, when <paramref name="Raw"/> is only its beginning; else null.
/// </param>
/// <param name="Code">Set when the broker refused the delivery: it is never offered again.</param>
public sealed record RefusedEnvelope(byte[] Raw, long? BytesCount, string? MediaType, string? ExternalId, string? Code,
    string? Reason)
{
    public const string ContentType = "application/vnd.tributary.refused+json";

    /// <summary>The length of the beginning that is kept of a too large body, in bytes.</summary>
    public const int PrefixBytes = 64 * 1024;

    /// <summary>The length of the beginning that is kept of a body at least, in bytes.</summary>
    private const int LeastBytes = 256;

    // A sender's properties are for people to read; a longer one was refused for its length.
    private const int MaxTextChars = 2_048;

    /// <param name="maxBytes">
    /// Longer bodies are cut to <see cref="PrefixBytes"/>; their length and SHA-256 are kept.
    /// </param>
    /// <param name="isLeast">True to cut every body, and to leave out the sender's properties.</param>
    public static ReadOnlyMemory<byte> Write(in IntakeRequest request, string? code, string? reason, int maxBytes,
        bool isLeast)
    {
        var raw = request.Body.Span;
        var isWhole = !isLeast && raw.Length <= maxBytes;
        var kept = isWhole ? raw : raw[..Math.Min(raw.Length, isLeast ? LeastBytes : PrefixBytes)];
        var written = new ArrayBufferWriter<byte>((kept.Length / 3 * 4) + 512);
        using (var writer = new Utf8JsonWriter(written))
        {
            writer.WriteStartObject();
            writer.WriteBase64String("raw", kept);
            if (!isWhole)
            {
                writer.WriteNumber("bytes", raw.Length);
                writer.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(raw)));
            }

            Write(writer, "media_type", isLeast ? null : request.MediaType);
            Write(writer, "external_id", isLeast ? null : request.ExternalId);
            Write(writer, "code", code);
            Write(writer, "reason", reason);
            writer.WriteEndObject();
        }

        return written.WrittenMemory;
    }

    /// <exception cref="TributaryException"><c>envelope_invalid</c>: the body was not written by this type.</exception>
    public static RefusedEnvelope Read(ReadOnlySpan<byte> envelope)
    {
        try
        {
            var stored = JsonElement.Parse(envelope);
            var raw = stored.GetProperty("raw").GetBytesFromBase64();
            long? count = stored.TryGetProperty("bytes", out var bytes) ? bytes.GetInt64() : null;
            return new RefusedEnvelope(raw, count, Text("media_type"), Text("external_id"), Text("code"),
                Text("reason"));

            string? Text(string name) => stored.TryGetProperty(name, out var text) ? text.GetString() : null;
        }
        catch (Exception error) when (
            error is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new TributaryException("envelope_invalid",
                "The stored body holds no raw bytes; allowed: an object with raw in base64.", error);
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text.Length <= MaxTextChars ? text : text[..MaxTextChars]);
    }
}
