using System.Globalization;
using System.Text;
using System.Text.Json;
using Tributary.Storage.Indexing;

namespace Tributary.Storage.Queries;

/// <summary>
/// A JSON pointer (RFC 6901), looked up in one pass over a body that builds no tree. The last of several equal keys
/// counts, with everything below it.
/// </summary>
internal sealed class BodyPointer
{
    private readonly byte[][] names;
    private readonly int[] indexes;

    /// <exception cref="TributaryException"><c>pointer_invalid</c>.</exception>
    public BodyPointer(string text)
    {
        if (text.Length > 0 && text[0] != '/')
            throw new TributaryException(
                "pointer_invalid", $"Found '{text}'; allowed is an empty JSON pointer or one that begins with /.");

        var steps = text.Length == 0 ? [] : text[1..].Split('/');
        names = Array.ConvertAll(steps, step => Encoding.UTF8.GetBytes(
            step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        indexes = Array.ConvertAll(steps, IndexOf);
    }

    /// <summary>False when the body has no such value; a body that is not JSON has none.</summary>
    public bool TryFind(ReadOnlySpan<byte> body, out JsonValue value)
    {
        value = default;
        if (body.IsEmpty)
            return false;

        try
        {
            var reader = JsonStructures.Enter(body);
            var found = TryFind(ref reader, body, 0, out value);
            // The text behind the value is read as well: anything but white space throws.
            reader.Read();
            return found;
        }
        catch (JsonException)
        {
            // A message may have content of any media type; this one has no values to compare.
            return false;
        }
    }

    /// <summary>Leaves the reader at the last token of the value at which it stands.</summary>
    private bool TryFind(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> body, int step, out JsonValue value)
    {
        value = default;
        if (step == names.Length)
        {
            value = JsonValue.Take(ref reader, body);
            return true;
        }

        var found = false;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isWanted = reader.ValueIsEscaped
                        ? JsonStrings.Unescape(reader.ValueSpan).AsSpan().SequenceEqual(names[step])
                        : reader.ValueSpan.SequenceEqual(names[step]);
                    reader.Read();
                    if (isWanted)
                        found = TryFind(ref reader, body, step + 1, out value);
                    else
                        reader.Skip();
                }

                break;
            case JsonTokenType.StartArray:
                for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
                {
                    if (index == indexes[step])
                        found = TryFind(ref reader, body, step + 1, out value);
                    else
                        reader.Skip();
                }

                break;
        }

        return found;
    }

    /// <summary>The array index of a step (digits without leading zeros), or -1.</summary>
    private static int IndexOf(string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && (step.Length == 1 || step[0] != '0')
            ? index
            : -1;
}
