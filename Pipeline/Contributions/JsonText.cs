using System.Globalization;
using System.Text;

namespace Tributary.Pipeline.Contributions;

/// <summary>
/// Strings of JSON as UTF-16, including the halves of surrogate pairs that an escape may leave alone, which framework
/// readers refuse.
/// </summary>
internal static class JsonText
{
    /// <summary>The text between the quotes of a valid JSON string.</summary>
    public static string Unescape(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            text.Append(Encoding.UTF8.GetString(escape < 0 ? raw : raw[..escape]));
            if (escape < 0)
                return text.ToString();

            var kind = raw[escape + 1];
            raw = raw[(escape + 2)..];
            if (kind == 'u')
            {
                text.Append((char)ushort.Parse(raw[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                raw = raw[4..];
                continue;
            }

            text.Append((char)kind switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                var itself => itself,
            });
        }
    }

    public static string Unescape(in FoundValue value, ReadOnlySpan<byte> body) =>
        value.IsEscaped ? Unescape(value.Of(body)) : Encoding.UTF8.GetString(value.Of(body));
}
