using System.Runtime.InteropServices;
using System.Text.Json;
using Tributary.Storage.Indexing;

namespace Tributary.Storage.Queries;

/// <summary>
/// A value inside a document: its type and its text. <see cref="Text"/> is a number, the text between the quotes of a
/// string, or the whole text of any other value.
/// </summary>
internal readonly ref struct JsonValue(JsonTokenType type, ReadOnlySpan<byte> text, bool isEscaped)
{
    public JsonTokenType Type { get; } = type;

    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>True for a string with escapes in <see cref="Text"/>.</summary>
    public bool IsEscaped { get; } = isEscaped;

    public static JsonValue Of(JsonElement element)
    {
        var text = JsonMarshal.GetRawUtf8Value(element);
        return element.ValueKind switch
        {
            JsonValueKind.Object => new JsonValue(JsonTokenType.StartObject, text, false),
            JsonValueKind.Array => new JsonValue(JsonTokenType.StartArray, text, false),
            JsonValueKind.String => new JsonValue(JsonTokenType.String, text[1..^1], text.Contains((byte)'\\')),
            JsonValueKind.Number => new JsonValue(JsonTokenType.Number, text, false),
            JsonValueKind.True => new JsonValue(JsonTokenType.True, text, false),
            JsonValueKind.False => new JsonValue(JsonTokenType.False, text, false),
            JsonValueKind.Null => new JsonValue(JsonTokenType.Null, text, false),
            _ => throw new ArgumentException("The operand is undefined.", nameof(element)),
        };
    }

    /// <summary>The value at the reader's position; the reader ends at the last token of the value.</summary>
    public static JsonValue Take(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> document)
    {
        var (type, start) = (reader.TokenType, (int)reader.TokenStartIndex);
        if (type == JsonTokenType.String)
            return new JsonValue(type, document.Slice(start + 1, reader.ValueSpan.Length), reader.ValueIsEscaped);

        reader.Skip();
        return new JsonValue(type, document[start..(int)reader.BytesConsumed], false);
    }

    /// <summary>True for the same type and value. Objects and arrays are compared as a whole.</summary>
    public bool IsEqualTo(in JsonValue other)
    {
        if (Type != other.Type)
            return false;

        return Type switch
        {
            JsonTokenType.Number => JsonNumbers.Compare(Text, other.Text) == 0,
            JsonTokenType.String => Plain().SequenceEqual(other.Plain()),
            JsonTokenType.StartArray => JsonStructures.AreArraysEqual(Text, other.Text),
            JsonTokenType.StartObject => JsonStructures.AreObjectsEqual(Text, other.Text),
            _ => true,
        };
    }

    /// <summary>The order of two numbers or two strings; null for anything else.</summary>
    public int? CompareTo(in JsonValue other) => (Type, other.Type) switch
    {
        (JsonTokenType.Number, JsonTokenType.Number) => JsonNumbers.Compare(Text, other.Text),
        (JsonTokenType.String, JsonTokenType.String) => Plain().SequenceCompareTo(other.Plain()),
        _ => null,
    };

    /// <summary>True for a string that contains the other, and for an array that has the other as an element.</summary>
    public bool Contains(in JsonValue other)
    {
        if (Type == JsonTokenType.String && other.Type == JsonTokenType.String)
            return Plain().IndexOf(other.Plain()) >= 0;
        if (Type != JsonTokenType.StartArray)
            return false;

        var reader = JsonStructures.Enter(Text);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Take(ref reader, Text).IsEqualTo(other))
                return true;
        }

        return false;
    }

    private ReadOnlySpan<byte> Plain() => IsEscaped ? JsonStrings.Unescape(Text) : Text;
}
