using System.Text;

namespace Tributary.GraphQL.Language;

/// <summary>The indentation rules of block strings (spec section 2.9.4, BlockStringValue).</summary>
internal static class BlockString
{
    /// <summary>Removes the common indentation, and the blank lines at both ends.</summary>
    public static string Dedent(string raw)
    {
        var lines = raw.ReplaceLineEndingsLikeGraphQL().Split('\n');
        var common = int.MaxValue;
        var firstText = -1;
        var lastText = -1;
        for (var i = 0; i < lines.Length; i++)
        {
            var indent = LeadingWhitespace(lines[i]);
            if (indent == lines[i].Length) continue;
            if (firstText < 0) firstText = i;
            lastText = i;
            if (i > 0) common = Math.Min(common, indent);
        }
        if (firstText < 0) return "";
        var result = new StringBuilder();
        for (var i = firstText; i <= lastText; i++)
        {
            if (i > firstText) result.Append('\n');
            var cut = i == 0 || common == int.MaxValue ? 0 : Math.Min(common, lines[i].Length);
            result.Append(lines[i], cut, lines[i].Length - cut);
        }
        return result.ToString();
    }

    /// <summary>
    /// A block string that <see cref="Dedent"/> turns back into <paramref name="value"/>; null when none exists.
    /// </summary>
    public static string? Print(string value, string indent)
    {
        if (!CanPrint(value)) return null;
        var escaped = value.Replace("\"\"\"", "\\\"\"\"");
        var ownLines = escaped.Contains('\n') || escaped.Length > 70 || escaped.EndsWith('"') || escaped.EndsWith('\\')
            || LeadingWhitespace(escaped) > 0;
        if (!ownLines) return $"\"\"\"{escaped}\"\"\"";
        var indented = escaped.Replace("\n", "\n" + indent).Replace("\n" + indent + "\n", "\n\n");
        return $"\"\"\"\n{indent}{indented}\n{indent}\"\"\"";
    }

    private static bool CanPrint(string value)
    {
        if (value.Length == 0) return false;
        foreach (var c in value)
            if (c is '\r' or '\0' || (c < ' ' && c is not ('\t' or '\n')) || char.IsSurrogate(c)) return false;
        return Dedent("\n" + value + "\n") == value;
    }

    private static int LeadingWhitespace(string line)
    {
        var i = 0;
        while (i < line.Length && line[i] is (' ' or '\t')) i++;
        return i;
    }

    private static string ReplaceLineEndingsLikeGraphQL(this string text) =>
        text.Contains('\r') ? text.Replace("\r\n", "\n").Replace('\r', '\n') : text;
}
