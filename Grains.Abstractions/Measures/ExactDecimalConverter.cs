using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Measures;

/// <summary>An exact decimal as a JSON number, digit for digit.</summary>
public sealed class ExactDecimalConverter : JsonConverter<ExactDecimal>
{
    public override ExactDecimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
            throw new JsonException($"Expected a number, found {reader.TokenType}.");

        return ExactDecimal.ParseStored(Encoding.ASCII.GetString(reader.ValueSpan));
    }

    public override void Write(Utf8JsonWriter writer, ExactDecimal value, JsonSerializerOptions options) =>
        // The text of an exact decimal is always a valid JSON number.
        writer.WriteRawValue(value.ToString(), skipInputValidation: true);
}
