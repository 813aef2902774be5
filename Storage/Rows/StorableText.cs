using System.Text;

namespace Tributary.Storage.Rows;

/// <summary>
/// The texts that every store can keep: valid UTF-16 without U+0000, which PostgreSQL's text cannot hold. All stores
/// refuse the same texts, so that data can move from one store to another.
/// </summary>
internal static class StorableText
{
    private static readonly UTF8Encoding Replacing = new(false, false);

    public static bool Fits(string text)
    {
        var span = text.AsSpan();
        if (span.Contains('\0'))
            return false;

        var start = span.IndexOfAnyInRange('\uD800', '\uDFFF');
        for (var i = start; i >= 0 && i < span.Length; i++)
        {
            if (!char.IsSurrogate(span[i]))
                continue;
            if (!char.IsHighSurrogate(span[i]) || i + 1 >= span.Length || !char.IsLowSurrogate(span[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    /// <exception cref="RefusedRoundException">The text does not fit.</exception>
    public static void Check(string text, string what)
    {
        if (!Fits(text))
        {
            throw new RefusedRoundException(
                $"{what} '{Clean(text)}' holds U+0000 or half of a surrogate pair; allowed is every other Unicode text."
            );
        }
    }

    /// <summary>
    /// The text, with U+FFFD for characters that do not fit: for texts that inform and do not identify.
    /// </summary>
    public static string Clean(string text) =>
        Fits(text) ? text : Replacing.GetString(Replacing.GetBytes(text)).Replace('\0', '\uFFFD');

    /// <summary>
    /// The beginning of a fitting text, at most <paramref name="maxLength"/> UTF-16 units and never half a surrogate
    /// pair.
    /// </summary>
    public static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength)
            return text;
        return text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }
}
