using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tributary.Pipeline.Definitions;

/// <summary>
/// Writes a definition in its one normal form: fixed order of keys, sorted sources, durations in milliseconds.
/// </summary>
internal static class DefinitionWriter
{
    public static (ReadOnlyMemory<byte> Json, string Hash) Write(AggregateDefinition definition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, definition);
        return (buffer.WrittenMemory, Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan)));
    }

    private static void Write(Utf8JsonWriter json, AggregateDefinition definition)
    {
        json.WriteStartObject();
        json.WriteString("name", definition.Name);
        if (definition.Sources is { } sources)
        {
            json.WriteStartArray("sources");
            foreach (var source in sources)
                json.WriteStringValue(source);
            json.WriteEndArray();
        }

        json.WriteStartArray("group");
        foreach (var group in definition.Group)
        {
            json.WriteStartObject();
            json.WriteString("name", group.Name);
            json.WriteString("pointer", group.Pointer.Text);
            if (group.Floor is { } floor)
            {
                json.WritePropertyName("floor");
                json.WriteRawValue(floor.ToString());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("measures");
        foreach (var measure in definition.Measures)
            Write(json, measure);
        json.WriteEndArray();
        if (definition.Window is { } window)
            Write(json, window);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MeasureDefinition measure)
    {
        json.WriteStartObject();
        json.WriteString("name", measure.Name);
        json.WriteString("kind", measure.Kind.ToString().ToLowerInvariant());
        if (measure.Pointer is { } pointer)
            json.WriteString("pointer", pointer.Text);
        if (measure.Kind == MeasureKind.Quantiles)
        {
            json.WriteStartArray("quantiles");
            foreach (var quantile in measure.Quantiles)
                json.WriteNumberValue(quantile);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, WindowDefinition window)
    {
        json.WriteStartObject("window");
        json.WriteString("size", $"{window.SizeMs}ms");
        json.WriteString("by", window.Time is null ? "arrival" : "event");
        if (window.Time is { } time)
        {
            json.WriteString("time", time.Text);
            json.WriteString("format", window.Format switch
            {
                TimeFormat.UnixMs => "unix-ms",
                TimeFormat.UnixS => "unix-s",
                _ => "iso",
            });
        }

        json.WriteEndObject();
    }
}
