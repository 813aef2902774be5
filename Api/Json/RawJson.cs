using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Api.Json;

/// <summary>
/// A JSON object as posted bytes. The intake checked them; they go out unchanged.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
[Description("The JSON object as it was posted, byte for byte.")]
public readonly record struct RawJson(ReadOnlyMemory<byte> Bytes);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Posted objects are only written.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Bytes.Span, skipInputValidation: true);
}
