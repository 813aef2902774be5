using System.Buffers;
using System.Text;
using System.Text.Json;
using Tributary.Connectors.Configuration;

namespace Tributary.Silo.Configuration;

/// <summary>Configuration nodes as JSON, for readers of JSON; numbers keep their digits.</summary>
internal static class ConfigJson
{
    public static JsonElement Of(ConfigNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, node);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>True for a plain text that JSON would read as a number.</summary>
    public static bool IsNumber(string text)
    {
        if (text.Length == 0 || text[0] is not ('-' or (>= '0' and <= '9')))
            return false;

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read()
                && reader.TokenType == JsonTokenType.Number
                && reader.BytesConsumed == text.Length
                && !reader.Read();
        }
        catch (JsonException)
        {
            // Digits that are not a number, such as a date, are a text.
            return false;
        }
    }

    public static bool IsNull(ConfigScalar scalar) => !scalar.IsQuoted && scalar.Text is "" or "~" or "null";

    private static void Write(Utf8JsonWriter json, ConfigNode node)
    {
        switch (node)
        {
            case ConfigMap map:
                json.WriteStartObject();
                foreach (var (key, value) in map.Fields)
                {
                    json.WritePropertyName(key);
                    Write(json, value);
                }

                json.WriteEndObject();
                break;
            case ConfigList list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case ConfigScalar { IsQuoted: false, Text: "true" or "false" } boolean:
                json.WriteBooleanValue(boolean.Text == "true");
                break;
            case ConfigScalar { IsQuoted: false } number when IsNumber(number.Text):
                json.WriteRawValue(number.Text);
                break;
            case ConfigScalar scalar when IsNull(scalar):
                json.WriteNullValue();
                break;
            case ConfigScalar scalar:
                json.WriteStringValue(scalar.Text);
                break;
        }
    }
}
