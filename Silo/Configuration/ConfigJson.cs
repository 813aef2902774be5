using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tributary.Silo.Configuration;

/// <summary>Configuration as JSON, for parts that are JSON by nature: definitions and schemas.</summary>
internal static partial class ConfigJson
{
    public static JsonElement Of(ConfigNode node) => JsonElement.Parse(TextOf(node));

    public static string TextOf(ConfigNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, node);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The node at a path such as <c>aggregates[0].measures[1].kind</c>, or the nearest one above it.</summary>
    public static ConfigNode Nearest(ConfigNode root, string path)
    {
        var node = root;
        foreach (var step in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            var next = node switch
            {
                ConfigMap map => map.Fields.GetValueOrDefault(step),
                ConfigList list when int.TryParse(step, out var index) && index < list.Items.Count => list.Items[index],
                _ => null,
            };
            if (next is null)
                break;
            node = next;
        }

        return node;
    }

    private static void Write(Utf8JsonWriter json, ConfigNode node)
    {
        switch (node)
        {
            case ConfigMap map:
                json.WriteStartObject();
                foreach (var (name, value) in map.Fields)
                {
                    json.WritePropertyName(name);
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
            case ConfigText { IsPlain: true, Text: "" or "~" or "null" }:
                json.WriteNullValue();
                break;
            case ConfigText { IsPlain: true, Text: "true" or "false" } flag:
                json.WriteBooleanValue(flag.Text == "true");
                break;
            case ConfigText { IsPlain: true } number when JsonNumber().IsMatch(number.Text):
                json.WriteRawValue(number.Text);
                break;
            case ConfigText text:
                json.WriteStringValue(text.Text);
                break;
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex JsonNumber();
}
