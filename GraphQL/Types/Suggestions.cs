namespace Tributary.GraphQL.Types;

/// <summary>Makes " Did you mean …?" for a name that is nearly right.</summary>
internal static class Suggestions
{
    private const int MaxNameLength = 60;

    public static string For(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxNameLength) return "";
        var threshold = name.Length * 2 / 5 + 1;
        var near = known.Where(k => k.Length <= MaxNameLength).Select(k => (Name: k, Distance: Distance(name, k)))
            .Where(k => k.Distance <= threshold).OrderBy(k => k.Distance).ThenBy(k => k.Name, StringComparer.Ordinal)
            .Take(3).Select(k => $"\"{k.Name}\"").ToList();
        return near.Count == 0 ? "" : $" Did you mean {string.Join(" or ", near)}?";
    }

    /// <summary>The Levenshtein distance, ignoring case, computed row by row.</summary>
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }
        return row[b.Length];
    }
}
