using System.Text.Json;
using System.Text.Unicode;

namespace Tributary.Pipeline.Contributions;

/// <summary>
/// The place of a wanted value in the body; <see cref="JsonTokenType.None"/> when the body has no such value.
/// </summary>
internal readonly record struct FoundValue(JsonTokenType Type, int Start, int Length, bool IsEscaped)
{
    /// <summary>The text of a number, or of a string between its quotes.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> body) => body.Slice(Start, Length);
}

/// <summary>
/// One pass over a body: checks that it is one JSON object (RFC 8259) in strict UTF-8 and notes where the wanted values
/// stand. Of a key that occurs twice the last one counts, as for most readers of JSON.
/// </summary>
internal static class BodyScan
{
    /// <summary>How deep objects and arrays may be nested.</summary>
    public const int MaxDepth = 64;

    /// <param name="slots">Cleared, with room for the slots of <paramref name="root"/>.</param>
    /// <exception cref="TributaryException">
    /// <c>body_not_json</c>, <c>body_not_object</c>, <c>body_too_deep</c>.
    /// </exception>
    public static void Run(ReadOnlySpan<byte> body, PointerNode root, Span<FoundValue> slots)
    {
        if (!Utf8.IsValid(body))
            throw BodyErrors.NotUtf8(body);

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            Visit(ref reader, root, slots);
            // The read goes on behind the value: anything but white space there throws.
            reader.Read();
            if (!isObject)
                throw BodyErrors.NotObject(body);
        }
        catch (JsonException error)
        {
            throw BodyErrors.NotJson(body, error);
        }
    }

    private static void Visit(ref Utf8JsonReader reader, PointerNode node, Span<FoundValue> slots)
    {
        if (node.Slot >= 0)
        {
            var quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
            slots[node.Slot] = new FoundValue(
                reader.TokenType, (int)reader.TokenStartIndex + quote, reader.ValueSpan.Length, reader.ValueIsEscaped);
        }

        if (node.Children.Count == 0)
            reader.Skip();
        else if (reader.TokenType == JsonTokenType.StartObject)
            VisitFields(ref reader, node, slots);
        else if (reader.TokenType == JsonTokenType.StartArray)
            VisitElements(ref reader, node, slots);
    }

    private static void VisitFields(ref Utf8JsonReader reader, PointerNode node, Span<FoundValue> slots)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var child = reader.ValueIsEscaped
                ? node.Find(JsonText.Unescape(reader.ValueSpan))
                : node.Find(reader.ValueSpan);
            reader.Read();
            if (child is null)
            {
                reader.Skip();
                continue;
            }

            // A second field of this name replaces the first one with all its values below.
            slots[child.FirstSlot..child.EndSlot].Clear();
            Visit(ref reader, child, slots);
        }
    }

    private static void VisitElements(ref Utf8JsonReader reader, PointerNode node, Span<FoundValue> slots)
    {
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (node.Find(index) is { } child)
                Visit(ref reader, child, slots);
            else
                reader.Skip();
        }
    }
}
