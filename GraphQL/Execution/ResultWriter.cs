using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tributary.GraphQL.Execution;

/// <summary>Writes result nodes, JSON values and errors.</summary>
internal static class ResultWriter
{
    /// <summary>
    /// Answers are served as JSON and never embedded in HTML, so quotes and letters beyond ASCII need no long escapes.
    /// The plan bounds the depth.
    /// </summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = int.MaxValue,
    };

    public static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string v: writer.WriteStringValue(v); break;
            case ObjectNode v: WriteObject(writer, v); break;
            case ListNode v:
                writer.WriteStartArray();
                foreach (var item in v.Slots) WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            case int v: writer.WriteNumberValue(v); break;
            case bool v: writer.WriteBooleanValue(v); break;
            case double v: writer.WriteNumberValue(v); break;
            default: WriteOther(writer, value); break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, ObjectNode node)
    {
        writer.WriteStartObject();
        var fields = node.Plan.Fields;
        for (var i = 0; i < fields.Length; i++)
        {
            writer.WritePropertyName(fields[i].EncodedKey);
            WriteValue(writer, node.Slots[i]);
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes the other values that codecs of custom scalars may return.</summary>
    private static void WriteOther(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case long v: writer.WriteNumberValue(v); break;
            case uint v: writer.WriteNumberValue(v); break;
            case ulong v: writer.WriteNumberValue(v); break;
            case short v: writer.WriteNumberValue(v); break;
            case byte v: writer.WriteNumberValue(v); break;
            case decimal v: writer.WriteNumberValue(v); break;
            case float v: writer.WriteNumberValue(v); break;
            case JsonElement v: v.WriteTo(writer); break;
            case ReadOnlyMemory<byte> v: writer.WriteRawValue(v.Span, skipInputValidation: true); break;
            case IReadOnlyDictionary<string, object?> v:
                writer.WriteStartObject();
                foreach (var (name, member) in v)
                {
                    writer.WritePropertyName(name);
                    WriteValue(writer, member);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable v:
                writer.WriteStartArray();
                foreach (var item in v) WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            default: writer.WriteStringValue(value.ToString()); break;
        }
    }

    public static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<GraphQLError> errors)
    {
        writer.WriteStartArray();
        foreach (var error in errors) WriteError(writer, error);
        writer.WriteEndArray();
    }

    private static void WriteError(Utf8JsonWriter writer, GraphQLError error)
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        if (error.Locations is { Count: > 0 } locations)
        {
            writer.WriteStartArray("locations"u8);
            foreach (var (line, column) in locations)
            {
                writer.WriteStartObject();
                writer.WriteNumber("line"u8, line);
                writer.WriteNumber("column"u8, column);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        if (error.Path is not null)
        {
            writer.WritePropertyName("path"u8);
            WriteOther(writer, error.Path);
        }
        if (error.Code is not null || error.Extensions is { Count: > 0 })
        {
            writer.WriteStartObject("extensions"u8);
            if (error.Code is not null) writer.WriteString("code"u8, error.Code);
            foreach (var (name, value) in error.Extensions ?? new Dictionary<string, object?>())
            {
                writer.WritePropertyName(name);
                WriteValue(writer, value);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
