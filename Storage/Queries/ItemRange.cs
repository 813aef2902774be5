using System.Text;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Queries;

/// <summary>A range of ids in the order of their UTF-8 bytes, which is the order of code points.</summary>
/// <param name="IsEmpty">True when no id can lie in it.</param>
/// <param name="Lower">The lower bound.</param>
/// <param name="IsInclusive">True when the lower bound itself is in the range.</param>
/// <param name="Upper">The upper bound, exclusive; null: open.</param>
internal readonly record struct ItemRange(bool IsEmpty, string Lower, bool IsInclusive, string? Upper)
{
    /// <summary>
    /// The ids that begin with <paramref name="prefix"/> and come after <paramref name="after"/>; null: open.
    /// </summary>
    public static ItemRange Of(string? after, string? prefix)
    {
        var first = prefix ?? "";
        if (!StorableText.Fits(first))
            return new ItemRange(true, "", true, null);

        // A bound that is no valid id still has a place in the order.
        var bound = after is null ? null : StorableText.Clean(after);
        var isAfter = bound is not null && Utf8Order.Compare(bound, first) >= 0;
        return new ItemRange(false, isAfter ? bound! : first, !isAfter, Successor(first));
    }

    public bool Contains(string id)
    {
        var order = Utf8Order.Compare(id, Lower);
        return !IsEmpty
            && (order > 0 || (IsInclusive && order == 0))
            && (Upper is null || Utf8Order.Compare(id, Upper) < 0);
    }

    /// <summary>The first text after all that begin with <paramref name="prefix"/>; null when there is none.</summary>
    private static string? Successor(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToArray();
        for (var last = runes.Length - 1; last >= 0; last--)
        {
            var code = runes[last].Value;
            if (code == 0x10FFFF)
                continue;

            // U+D800 to U+DFFF are not characters.
            var next = new Rune(code == 0xD7FF ? 0xE000 : code + 1);
            return string.Concat(runes[..last].Select(rune => rune.ToString())) + next;
        }

        return null;
    }
}
