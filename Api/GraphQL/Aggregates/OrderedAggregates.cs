using System.Text.Json;
using Tributary.Aggregates;
using Tributary.Api.GraphQL.Paging;
using Tributary.GraphQL;
using Tributary.GraphQL.Types;
using Tributary.Pipeline.Definitions;

namespace Tributary.Api.GraphQL.Aggregates;

/// <summary>The direction of an order.</summary>
internal enum OrderDirection
{
    Asc,
    Desc,
}

/// <summary>
/// The rows of an aggregate in the order of a measure. The store keeps rows by key, so all candidates are read and
/// ordered here, up to <see cref="MaxRowCount"/>. A request with more is refused, because an order of only some rows is
/// wrong.
/// </summary>
/// <param name="Measure">The name of the measure; null: the count of messages.</param>
internal sealed record OrderedAggregates(string? Measure, OrderDirection Direction)
{
    /// <summary>The most candidate rows; a request with more is refused.</summary>
    public const int MaxRowCount = 10_000;

    /// <summary>Null when no order is asked for.</summary>
    /// <exception cref="GraphQLException">The definition has no such measure, or the measure has no order.</exception>
    public static OrderedAggregates? Of(InputObject arguments, CountedDefinition counted)
    {
        if (arguments.Get<InputObject>("orderBy") is not { } given)
            return null;
        if (arguments.Get<string>("after") is not null)
            throw Resolving.Invalid(
                "Found both 'after' and 'orderBy'; allowed: one of them, because an order by values changes between "
                + "pages.");
        var name = given.Get<string>("measure");
        var measures = counted
            .Definition.Measures.Where(measure => measure.Kind != MeasureKind.Quantiles)
            .Select(measure => measure.Name)
            .ToList();
        return name is null || measures.Contains(name)
            ? new OrderedAggregates(name, given.Get<OrderDirection>("direction"))
            : throw Resolving.Invalid(
                $"The measure of 'orderBy' is '{name}'; allowed: "
                + $"{(measures.Count == 0 ? "none" : string.Join(", ", measures))}, or no measure to order by the "
                + "count of messages.");
    }

    /// <param name="readAsync">Reads further rows in the order of their keys, given the last key and a count.</param>
    public async ValueTask<Connection<AggregateNode>> ReadAsync(
        int count,
        Func<AggregateKey?, int, ValueTask<IReadOnlyList<AggregateNode>>> readAsync,
        string name,
        Func<AggregateNode, string> cursorOf)
    {
        const int ReadCount = 1_000;
        var rows = new List<AggregateNode>();
        IReadOnlyList<AggregateNode> read;
        do
        {
            read = await readAsync(rows.LastOrDefault()?.Key, ReadCount);
            rows.AddRange(read);
            if (rows.Count > MaxRowCount)
            {
                throw new GraphQLException(
                    $"The aggregate '{name}' has more than {MaxRowCount} rows that may be in the list; allowed with "
                    + "'orderBy': at most that many. Narrow it by 'group', 'from' and 'to'.",
                    ErrorCodes.Limit);
            }
        }
        while (read.Count == ReadCount);

        var page = Sort(rows).Take(count).ToList();
        return new Connection<AggregateNode>(
            page, at => cursorOf(page[at]), new PageInfo(rows.Count > page.Count, HasPreviousPage: false, null, null));
    }

    /// <summary>
    /// Rows without a value come last, whatever the direction; equal ones keep the order of their keys.
    /// </summary>
    private IEnumerable<AggregateNode> Sort(List<AggregateNode> rows)
    {
        var valued = rows.Select(row => (Row: row, Value: ValueOf(row))).ToList();
        var there = valued.Where(one => one.Value is not null);
        var ordered = Direction == OrderDirection.Asc
            ? there.OrderBy(one => one.Value!.Value, NumberOrder.Instance)
            : there.OrderByDescending(one => one.Value!.Value, NumberOrder.Instance);
        return ordered.Concat(valued.Where(one => one.Value is null)).Select(one => one.Row);
    }

    private JsonElement? ValueOf(AggregateNode row)
    {
        if (Measure is null)
            return JsonElement.Parse(row.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var value = row.ValueOf(Measure);
        return value.ValueKind == JsonValueKind.Number ? value : null;
    }

    /// <summary>Compares as decimals, or as doubles where a value exceeds a decimal.</summary>
    private sealed class NumberOrder : IComparer<JsonElement>
    {
        public static NumberOrder Instance { get; } = new();

        public int Compare(JsonElement x, JsonElement y) =>
            x.TryGetDecimal(out var first) && y.TryGetDecimal(out var second)
                ? first.CompareTo(second)
                : x.GetDouble().CompareTo(y.GetDouble());
    }
}
