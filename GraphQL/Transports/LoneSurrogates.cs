using System.Buffers.Text;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// JSON can contain half of a surrogate pair (<c>"\ud800"</c>), which is no character and has no UTF-8. A request with
/// one anywhere is refused before any of its strings is read.
/// </summary>
internal static class LoneSurrogates
{
    public const string Refusal =
        "The request has an escape \\uD800 to \\uDFFF without its partner, which is no character.";

    private const int EscapeLength = 6;

    /// <summary>
    /// True when a string or name contains a lone surrogate. The text must be valid JSON in UTF-8, in which
    /// backslashes occur only in strings.
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
                // A longer escape ends in hexadecimal digits, which the search passes over.
                json = json[2..];
                continue;
            }
            var isPair = char.IsHighSurrogate(value)
                && UnitOf(json[EscapeLength..]) is { } partner && char.IsLowSurrogate(partner);
            if (!isPair) return true;
            json = json[(2 * EscapeLength)..];
        }
    }

    /// <summary>The code unit of a <c>\uXXXX</c> at the start; null when there is none.</summary>
    private static char? UnitOf(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u'
        && Utf8Parser.TryParse(json.Slice(2, 4), out ushort unit, out var read, 'x') && read == 4
            ? (char)unit
            : null;
}
