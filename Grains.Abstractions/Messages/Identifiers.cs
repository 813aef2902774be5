using System.Text;

namespace Tributary.Messages;

/// <summary>The rules for sources, item ids and external ids, which every store can hold and index.</summary>
public static class Identifiers
{
    /// <summary>The longest identifier, in bytes of UTF-8.</summary>
    public const int MaxBytes = 512;

    /// <summary>Null when <paramref name="text"/> may be an identifier, else the code of the error.</summary>
    public static string? Fault(string text)
    {
        if (text.Length == 0)
            return "identifier_invalid";
        // A UTF-16 code unit takes at most three bytes, so that a short text needs no counting.
        if (text.Length * 3 > MaxBytes && Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return "identifier_too_long";

        return text.Contains('\0', StringComparison.Ordinal) || HasLoneSurrogate(text) ? "identifier_invalid" : null;
    }

    /// <exception cref="TributaryException">
    /// <c>identifier_too_long</c> or <c>identifier_invalid</c>, naming <paramref name="role"/>.
    /// </exception>
    public static void Check(string role, string text)
    {
        switch (Fault(text))
        {
            case "identifier_too_long":
                throw new TributaryException(
                    "identifier_too_long",
                    $"The {role} has {Encoding.UTF8.GetByteCount(text)} bytes; allowed: at most {MaxBytes} bytes of "
                    + "UTF-8.");
            case { } code:
                var found =
                    text.Length == 0 ? "is empty"
                    : text.Contains('\0', StringComparison.Ordinal) ? "holds U+0000"
                    : "holds half of a surrogate pair";
                throw new TributaryException(
                    code, $"The {role} {found}; allowed: 1 to {MaxBytes} bytes of UTF-8 without U+0000.");
        }
    }

    public static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\ud800', '\udfff'); at >= 0;)
        {
            if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]))
                return true;

            text = text[(at + 2)..];
            at = text.IndexOfAnyInRange('\ud800', '\udfff');
        }

        return false;
    }
}
