using System.Text.Json;
using Tributary.GraphQL.Types;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Messages;

/// <summary>
/// Turns the filter of the schema into conditions of the store. Counts the conditions, because a filter is bounded as a
/// whole.
/// </summary>
internal sealed class FilterReader
{
    private const int MaxListCount = 100;
    private const int MaxComparisonsCount = 50;
    private const int MaxDepth = 10;

    private static readonly (string Name, Comparison Comparison)[] Comparisons =
    [
        ("eq", Comparison.Equal),
        ("ne", Comparison.NotEqual),
        ("in", Comparison.In),
        ("gt", Comparison.Greater),
        ("gte", Comparison.GreaterOrEqual),
        ("lt", Comparison.Less),
        ("lte", Comparison.LessOrEqual),
        ("contains", Comparison.Contains),
        ("exists", Comparison.Exists),
    ];

    private int comparisonsCount;

    private FilterReader()
    {
    }

    /// <exception cref="Tributary.GraphQL.GraphQLException">Says what it found and what is allowed.</exception>
    public static MessageFilter Read(InputObject? filter) => filter is null
        ? new MessageFilter()
        : new MessageFilter(
            Texts(filter, "source"),
            Texts(filter, "item"),
            filter.Has("receivedFrom") ? filter["receivedFrom"] as DateTimeOffset? : null,
            filter.Has("receivedBefore") ? filter["receivedBefore"] as DateTimeOffset? : null,
            ReadBody(filter.Get<InputObject>("body")),
            Choices<MessageStatus>(filter, "status"));

    /// <summary>A condition on a body or another JSON document; null when the argument is missing.</summary>
    public static BodyCondition? ReadBody(InputObject? filter) =>
        filter is null ? null : new FilterReader().ReadBody(filter, 1);

    /// <summary>A list of 1 to 100 texts; null when the argument is missing.</summary>
    public static IReadOnlyList<string>? Texts(InputObject filter, string name)
    {
        if (!filter.TryGetValue(name, out var given) || given is null)
            return null;
        var texts = filter.GetList<string>(name);
        CheckCount(name, texts.Count);
        return texts;
    }

    /// <summary>A list of at least one value of an enum; null when the argument is missing.</summary>
    public static IReadOnlyList<T>? Choices<T>(InputObject filter, string name)
    {
        if (!filter.TryGetValue(name, out var given) || given is null)
            return null;
        var choices = filter.GetList<T>(name);
        return choices.Count > 0
            ? choices
            : throw Resolving.Invalid($"The list '{name}' has no entries; allowed: at least one.");
    }

    private BodyCondition ReadBody(InputObject filter, int depth)
    {
        if (depth > MaxDepth)
            throw Resolving.Invalid(
                $"The filter of the body has more than {MaxDepth} levels; allowed: at most that many.");

        var all = new List<BodyCondition>();
        ReadComparisons(filter, all);
        if (ListOf(filter, "and", depth) is { } and)
            all.AddRange(and);
        if (ListOf(filter, "or", depth) is { } or)
            all.Add(new BodyCondition.Or(or));
        if (filter.Get<InputObject>("not") is { } not)
            all.Add(new BodyCondition.Not(ReadBody(not, depth + 1)));
        return all.Count switch
        {
            0 => throw Resolving.Invalid(
                "Found a filter of the body without a condition; allowed: a path with comparisons, and, or, not."),
            1 => all[0],
            _ => new BodyCondition.And(all),
        };
    }

    private void ReadComparisons(InputObject filter, List<BodyCondition> all)
    {
        var pointer = filter.Get<string>("path");
        var before = all.Count;
        foreach (var (name, comparison) in Comparisons)
        {
            if (!filter.TryGetValue(name, out var operand)
                || (operand is null && comparison is Comparison.Exists or Comparison.In))
                continue;
            if (pointer is null || !JsonPointer.TryParse(pointer, out _))
                throw Resolving.Invalid(
                    $"The comparison '{name}' has {(pointer is null ? "no path" : $"the path '{pointer}'")}; allowed: "
                    + $"{JsonPointer.Allowed}.");
            if (++comparisonsCount > MaxComparisonsCount)
                throw Resolving.Invalid(
                    $"The filter of the body has more than {MaxComparisonsCount} comparisons; allowed: at most that "
                    + "many.");
            all.Add(Compare(pointer, name, comparison, operand));
        }

        if (pointer is not null && all.Count == before)
            throw Resolving.Invalid(
                $"The path '{pointer}' has no comparison; allowed: "
                + $"{string.Join(", ", Comparisons.Select(one => one.Name))}.");
    }

    private static BodyCondition Compare(string pointer, string name, Comparison comparison, object? operand)
    {
        switch (comparison)
        {
            case Comparison.Exists:
                var exists = new BodyCondition.Compare(pointer, Comparison.Exists, default);
                return operand is true ? exists : new BodyCondition.Not(exists);
            case Comparison.In:
                var values = (IReadOnlyList<object?>)operand!;
                CheckCount(name, values.Count);
                return new BodyCondition.Compare(pointer, Comparison.In, JsonValues.ArrayOf(values));
            default:
                var value = JsonValues.Of(operand);
                if (comparison is not (Comparison.Equal or Comparison.NotEqual or Comparison.Contains)
                    && value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
                    throw Resolving.Invalid(
                        $"The operand of '{name}' is {value.GetRawText()}; allowed: a number or a string.");
                return new BodyCondition.Compare(pointer, comparison, value);
        }
    }

    private List<BodyCondition>? ListOf(InputObject filter, string name, int depth)
    {
        if (!filter.TryGetValue(name, out var given) || given is null)
            return null;
        var filters = filter.GetList<InputObject>(name);
        CheckCount(name, filters.Count);
        return filters.Select(one => ReadBody(one, depth + 1)).ToList();
    }

    private static void CheckCount(string name, int count)
    {
        if (count is 0 or > MaxListCount)
            throw Resolving.Invalid($"The list '{name}' has {count} entries; allowed: 1 to {MaxListCount}.");
    }
}
