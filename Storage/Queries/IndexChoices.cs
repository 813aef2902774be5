using System.Text.Json;
using Tributary.Messages;
using Tributary.Storage.Indexing;
using Tributary.Storage.Messages;

namespace Tributary.Storage.Queries;

/// <summary>
/// The ways of the index into a condition: sets of values and ranges of keys, each of which leads to every message for
/// which the condition can hold. The messages are still checked.
/// </summary>
internal sealed class IndexChoices
{
    private readonly IReadOnlyDictionary<string, int> paths;
    private readonly Dictionary<int, KeyRange> ranges = [];
    private readonly List<IndexedValue[]> values = [];

    /// <param name="condition">The condition.</param>
    /// <param name="paths">The ids of indexed paths by their pointers.</param>
    public IndexChoices(BodyCondition condition, IReadOnlyDictionary<string, int> paths)
    {
        this.paths = paths;
        foreach (var one in Conjuncts(condition))
        {
            if (ValuesOf(one) is { } covering)
                values.Add(covering);
            else if (one is BodyCondition.Compare compare && RangeOf(compare) is { } range)
                ranges[range.Path] = ranges.TryGetValue(range.Path, out var other) ? range.And(other) : range;
        }
    }

    public IReadOnlyList<IndexedValue[]> Values => values;

    public IReadOnlyCollection<KeyRange> Ranges => ranges.Values;

    /// <summary>The pointers that an index could help with.</summary>
    public static IReadOnlyList<string> PointersOf(BodyCondition condition) =>
        [
            .. Conjuncts(condition)
                .SelectMany(Compares)
                .Where(IsSearched)
                .Select(compare => compare.Pointer)
                .Distinct(StringComparer.Ordinal),
        ];

    private static bool IsSearched(BodyCondition.Compare compare) =>
        compare.Comparison is not (Comparison.NotEqual or Comparison.Contains);

    private static IEnumerable<BodyCondition> Conjuncts(BodyCondition condition) =>
        condition is BodyCondition.And and ? and.All.SelectMany(Conjuncts) : [condition];

    private static IEnumerable<BodyCondition.Compare> Compares(BodyCondition condition) => condition switch
    {
        BodyCondition.Compare compare => [compare],
        BodyCondition.And and => and.All.SelectMany(Compares),
        BodyCondition.Or or => or.Any.SelectMany(Compares),
        _ => [],
    };

    private IndexedValue[]? ValuesOf(BodyCondition condition)
    {
        switch (condition)
        {
            case BodyCondition.Compare { Comparison: Comparison.Equal } compare
                when paths.TryGetValue(compare.Pointer, out var path):
                return [IndexOperands.ValueOf(path, compare.Operand)];
            case BodyCondition.Compare { Comparison: Comparison.In, Operand.ValueKind: JsonValueKind.Array } compare
                when paths.TryGetValue(compare.Pointer, out var path):
                return Distinct(
                    compare.Operand.EnumerateArray().Select(operand => IndexOperands.ValueOf(path, operand)));
            case BodyCondition.And and:
                return and
                    .All.Select(ValuesOf)
                    .Where(covering => covering is not null)
                    .MinBy(covering => covering!.Length);
            case BodyCondition.Or or:
                var any = or.Any.Select(ValuesOf).ToList();
                return any.Contains(null) ? null : Distinct(any.SelectMany(covering => covering!));
            default:
                return null;
        }
    }

    private static IndexedValue[]? Distinct(IEnumerable<IndexedValue> values)
    {
        var distinct = values
            .DistinctBy(value => (value.Path, Convert.ToHexString(value.Key.Span)))
            .Take(QueryLimits.MaxIndexValueCount + 1)
            .ToArray();
        return distinct.Length > QueryLimits.MaxIndexValueCount ? null : distinct;
    }

    private KeyRange? RangeOf(BodyCondition.Compare compare)
    {
        if (!paths.TryGetValue(compare.Pointer, out var path))
            return null;

        return compare.Comparison switch
        {
            Comparison.Exists => new KeyRange(path, IndexKey.Lowest, IndexKey.Highest),
            Comparison.Greater or Comparison.GreaterOrEqual => IndexOperands.Above(path, compare.Operand),
            Comparison.Less or Comparison.LessOrEqual => IndexOperands.Below(path, compare.Operand),
            _ => null,
        };
    }
}
