using System.Buffers;
using System.Text;
using System.Text.Json;
using MetadataExtractor;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>
/// Writes the tags of one group as an object: numbers stay numbers, fractions become decimals, codes stay codes, text
/// is trimmed, and binary values are shown as the reader describes them.
/// </summary>
internal static class TagWriter
{
    private const int MaxTextChars = 1_024;
    private const int MaxElementsCount = 32;

    /// <summary>"Date/Time Original" is <c>date_time_original</c>.</summary>
    public static string NameOf(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character))
                text.Append(char.ToLowerInvariant(character));
            else if (text.Length > 0 && text[^1] != '_')
                text.Append('_');
        }

        return text.ToString().TrimEnd('_');
    }

    public static ReadOnlySpan<byte> Write(MetadataExtractor.Directory group)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var seen = new HashSet<string>();
            json.WriteStartObject();
            foreach (var tag in group.Tags)
            {
                if (tag.HasName && seen.Add(NameOf(tag.Name)))
                    WriteTag(json, NameOf(tag.Name), group.GetObject(tag.Type), tag);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static void WriteTag(Utf8JsonWriter json, string name, object? value, Tag tag)
    {
        if (NumberOf(value) is { } number)
        {
            json.WriteNumber(name, number);
        }
        else if (value is string or StringValue)
        {
            if (PictureFacts.Trim(value.ToString()!) is { Length: > 0 } text)
                json.WriteString(name, ErrorText.Cut(text, MaxTextChars));
        }
        else if (value is Array { Length: > 0 and <= MaxElementsCount } list and not byte[]
            && list.Cast<object?>().All(static one => NumberOf(one) is not null))
        {
            json.WriteStartArray(name);
            foreach (var one in list)
                json.WriteNumberValue(NumberOf(one)!.Value);
            json.WriteEndArray();
        }
        else if (tag.Description is { } description && PictureFacts.Trim(description) is { Length: > 0 } shown)
        {
            json.WriteString(name, ErrorText.Cut(shown, MaxTextChars));
        }
    }

    /// <summary>Null for a value that is no number, and for a fraction over zero.</summary>
    private static decimal? NumberOf(object? value) =>
        value switch
        {
            byte or sbyte or short or ushort or int or uint or long or ulong => Convert.ToDecimal(value),
            Rational { Denominator: not 0 } rational => Math.Round(
                (decimal)rational.Numerator / rational.Denominator, 9) / 1.000000000m,
            float single when float.IsFinite(single) && Math.Abs(single) < 1e18f => Math.Round((decimal)single, 9),
            double number when double.IsFinite(number) && Math.Abs(number) < 1e18 => Math.Round((decimal)number, 9),
            _ => null,
        };
}
