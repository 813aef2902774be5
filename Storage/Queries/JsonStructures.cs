using System.Text.Json;
using Tributary.Storage.Indexing;

namespace Tributary.Storage.Queries;

/// <summary>
/// Equality of arrays, element by element, and of objects, key by key. The last of several equal keys counts.
/// </summary>
internal static class JsonStructures
{
    /// <summary>The deepest nesting of objects and arrays; messages have the same limit.</summary>
    public const int MaxDepth = 64;

    /// <summary>A reader behind the first token of an object or array.</summary>
    public static Utf8JsonReader Enter(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        return reader;
    }

    public static bool AreArraysEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var a = Enter(left);
        var b = Enter(right);
        while (true)
        {
            a.Read();
            b.Read();
            var (leftEnds, rightEnds) = (a.TokenType == JsonTokenType.EndArray, b.TokenType == JsonTokenType.EndArray);
            if (leftEnds || rightEnds)
                return leftEnds && rightEnds;
            if (!JsonValue.Take(ref a, left).IsEqualTo(JsonValue.Take(ref b, right)))
                return false;
        }
    }

    public static bool AreObjectsEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var a = Fields(left);
        var b = Fields(right);
        if (a.Count != b.Count)
            return false;

        foreach (var (name, range) in a)
        {
            if (!b.TryGetValue(name, out var other) || !Whole(left[range]).IsEqualTo(Whole(right[other])))
                return false;
        }

        return true;
    }

    /// <summary>
    /// The place of each field's value. Names are kept byte by byte, so that no two different names become alike.
    /// </summary>
    private static Dictionary<string, Range> Fields(ReadOnlySpan<byte> text)
    {
        var fields = new Dictionary<string, Range>();
        var reader = Enter(text);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Convert.ToHexString(
                reader.ValueIsEscaped ? JsonStrings.Unescape(reader.ValueSpan) : reader.ValueSpan);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            fields[name] = start..(int)reader.BytesConsumed;
        }

        return fields;
    }

    private static JsonValue Whole(ReadOnlySpan<byte> text)
    {
        var reader = Enter(text);
        return JsonValue.Take(ref reader, text);
    }
}
