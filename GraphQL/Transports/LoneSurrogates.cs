using System.Buffers.Text;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// JSON can say half of a surrogate pair (<c>"\ud800"</c>), which is no character, has no UTF-8 and cannot be a string
/// here. A request that has one anywhere is refused before anything reads its strings.
/// </summary>
internal static class LoneSurrogates
{
    public const string Refusal =
        "The request has an escape \\uD800 to \\uDFFF without its partner, which is no character.";

    private const int EscapeLength = 6;

    /// <summary>
    /// True when a string or a name has one. The text must be valid JSON in UTF-8, where backslashes stand in strings
    /// only.
    /// </summary>
    public static bool AreIn(ReadOnlySpan<byte> json)
    {
        while (true)
        {
            var backslash = json.IndexOf((byte)'\\');
            if (backslash < 0) return false;
            json = json[backslash..];
            var unit = UnitOf(json);
            if (unit is not { } value || !char.IsSurrogate(value))
            {
                // Of a longer escape the rest are digits.
                json = json[2..];
                continue;
            }
            var isPair = char.IsHighSurrogate(value)
                && UnitOf(json[EscapeLength..]) is { } partner && char.IsLowSurrogate(partner);
            if (!isPair) return true;
            json = json[(2 * EscapeLength)..];
        }
    }

    /// <summary>The code unit of a <c>\uXXXX</c> at the start.</summary>
    private static char? UnitOf(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u'
        && Utf8Parser.TryParse(json.Slice(2, 4), out ushort unit, out var read, 'x') && read == 4
            ? (char)unit
            : null;
}
