using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tributary.Measures;
using Tributary.Messages;

namespace Tributary.Pipeline.Contributions;

/// <summary>
/// Writes a group's values in their one form: a JSON array without white space, strings escaped as little as
/// <c>JSON.stringify</c> does, numbers as exact decimals. Fails, rather than cuts, when there is no more room.
/// </summary>
internal ref struct GroupWriter(Span<char> room)
{
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    private readonly Span<char> room = room;
    private int length;

    /// <summary>True when a value did not fit.</summary>
    public bool IsFull { get; private set; }

    public readonly ReadOnlySpan<char> Text => room[..length];

    public void Append(char character)
    {
        if (length < room.Length)
            room[length++] = character;
        else
            IsFull = true;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        if (text.TryCopyTo(room[length..]))
            length += text.Length;
        else
            IsFull = true;
    }

    public void Append(long number)
    {
        if (number.TryFormat(room[length..], out var written, provider: CultureInfo.InvariantCulture))
            length += written;
        else
            IsFull = true;
    }

    /// <summary>Appends a string that needs no escapes.</summary>
    private void AppendPlain(scoped ReadOnlySpan<byte> utf8)
    {
        Append('"');
        if (Encoding.UTF8.TryGetChars(utf8, room[length..], out var written))
            length += written;
        else
            IsFull = true;
        Append('"');
    }

    /// <summary>Appends a string with whole surrogate pairs.</summary>
    private void AppendString(scoped ReadOnlySpan<char> text)
    {
        Append('"');
        while (text.IndexOfAny(Escaped) is >= 0 and var at)
        {
            Append(text[..at]);
            AppendEscape(text[at]);
            text = text[(at + 1)..];
        }

        Append(text);
        Append('"');
    }

    private void AppendEscape(char character)
    {
        Append(character switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => $"\\u{(int)character:x4}",
        });
    }

    /// <summary>Appends a value of a body. Returns null, or why the value cannot be a group's.</summary>
    public RefusalReason? Append(in FoundValue value, scoped ReadOnlySpan<byte> body, in ExactDecimal? floor = null)
    {
        switch (value.Type)
        {
            case JsonTokenType.None or JsonTokenType.Null:
                Append("null");
                break;
            case JsonTokenType.True:
                Append("true");
                break;
            case JsonTokenType.False:
                Append("false");
                break;
            case JsonTokenType.String when value.IsEscaped:
                var text = JsonText.Unescape(value.Of(body));
                // Writers of JSON refuse such a text: nobody could read the aggregate.
                if (Identifiers.HasLoneSurrogate(text))
                    return RefusalReason.GroupNotUnicode;
                AppendString(text);
                break;
            case JsonTokenType.String:
                AppendPlain(value.Of(body));
                break;
            case JsonTokenType.Number:
                if (!ExactDecimal.TryParse(value.Of(body), out var number))
                    return RefusalReason.GroupNumberOutOfBounds;
                Append((floor is { } step ? number.FloorTo(step) : number).ToString());
                break;
            default:
                return RefusalReason.GroupNotScalar;
        }

        return IsFull ? RefusalReason.GroupTooLong : null;
    }
}
