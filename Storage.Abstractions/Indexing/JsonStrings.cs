using System.Globalization;
using System.Text;

namespace Tributary.Storage.Indexing;

/// <summary>
/// Strings of JSON as the bytes of their code points in UTF-8. Half of a surrogate pair, which an escape may leave
/// alone, becomes the three bytes of its number, so that it differs from every other text. The order of such bytes is
/// the order of code points.
/// </summary>
public static class JsonStrings
{
    /// <summary>
    /// Unescapes the text between the quotes of a valid JSON string; the result is never longer than what it was made
    /// from.
    /// </summary>
    public static byte[] Unescape(ReadOnlySpan<byte> raw)
    {
        var target = new byte[raw.Length];
        var length = 0;
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            var plain = escape < 0 ? raw : raw[..escape];
            plain.CopyTo(target.AsSpan(length));
            length += plain.Length;
            if (escape < 0)
                return target[..length];

            var kind = (char)raw[escape + 1];
            raw = raw[(escape + 2)..];
            if (kind == 'u')
                length += Write(CodePoint(ref raw), target.AsSpan(length));
            else
                target[length++] = (byte)Plain(kind);
        }
    }

    private static char Plain(char kind) => kind switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        var itself => itself,
    };

    private static int CodePoint(ref ReadOnlySpan<byte> raw)
    {
        var first = Unit(raw);
        raw = raw[4..];
        if (!char.IsHighSurrogate(first)
            || raw.Length < 6
            || raw[0] != '\\'
            || raw[1] != 'u'
            || !char.IsLowSurrogate(Unit(raw[2..])))
            return first;

        var second = Unit(raw[2..]);
        raw = raw[6..];
        return char.ConvertToUtf32(first, second);
    }

    private static char Unit(ReadOnlySpan<byte> raw) =>
        (char)ushort.Parse(raw[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Write(int code, Span<byte> target)
    {
        if (Rune.IsValid(code))
            return new Rune(code).EncodeToUtf8(target);

        target[0] = (byte)(0xE0 | (code >> 12));
        target[1] = (byte)(0x80 | ((code >> 6) & 0x3F));
        target[2] = (byte)(0x80 | (code & 0x3F));
        return 3;
    }
}
