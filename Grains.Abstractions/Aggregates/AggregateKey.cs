using System.Globalization;

namespace Tributary.Aggregates;

/// <summary>
/// Names one aggregate: the definition's generation, the start of the window and the group. As a grain key it reads
/// <c>generation/window start/group</c>.
/// </summary>
/// <param name="Generation">The id of the definition's generation, unique over all definitions.</param>
/// <param name="WindowStartMs">The start of the window in milliseconds since 1970-01-01 UTC; 0 without windows.</param>
/// <param name="Group">The group's values as a compact JSON array, <c>[]</c> without groups.</param>
public readonly record struct AggregateKey(int Generation, long WindowStartMs, string Group)
{
    /// <summary>The name of the aggregates' grain type.</summary>
    public const string GrainType = "aggregate";

    public static AggregateKey Parse(string key)
    {
        var first = key.IndexOf('/', StringComparison.Ordinal);
        var second = first < 0 ? -1 : key.IndexOf('/', first + 1);
        if (second < 0)
            throw new FormatException($"'{key}' is not an aggregate's key: expected generation/window start/group.");

        return new AggregateKey(
            int.Parse(key.AsSpan(0, first), NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(
                key.AsSpan(first + 1, second - first - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            key[(second + 1)..]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Generation}/{WindowStartMs}/{Group}");
}
