using System.Globalization;
using System.Text.Json;
using Tributary.Aggregates;
using Tributary.Grains;
using Tributary.Measures;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Reading;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Rounds;

namespace Tributary.Pipeline.Aggregates;

/// <summary>An aggregate as readers get it. Numbers are exact: the values are JSON, not doubles.</summary>
/// <param name="Name">The definition's name.</param>
/// <param name="Generation">The id of the definition's generation.</param>
/// <param name="Group">The group's values by their names, in the order of the definition.</param>
/// <param name="WindowStart">Null without windows.</param>
/// <param name="WindowEnd">The moment after the window, or null without windows.</param>
/// <param name="Count">The number of messages.</param>
/// <param name="Measures">
/// By their names, in the order of the definition: count, sum and distinct are numbers; min, max and mean numbers or
/// null; quantiles an object from the quantile to a number or null.
/// </param>
/// <param name="Skipped">
/// Values that could not be measured, by measure; measures without such values are left out.
/// </param>
public sealed record AggregateView(
    string Name,
    int Generation,
    OrderedDictionary<string, JsonElement> Group,
    DateTimeOffset? WindowStart,
    DateTimeOffset? WindowEnd,
    long Count,
    OrderedDictionary<string, JsonElement> Measures,
    OrderedDictionary<string, long> Skipped)
{
    /// <summary>Shows a stored aggregate.</summary>
    /// <param name="definition">The definition of the row's generation.</param>
    public static AggregateView Of(AggregateRow row, AggregateDefinition definition)
    {
        var grain = new RoundGrainId(AggregateKey.GrainType, row.Key.ToString());
        var state = StoredState.Read(grain, new LoadedState(row.Version, row.State), GrainsJson.Default.AggregateState);
        return Of(row.Key, state, definition);
    }

    /// <summary>Shows the state of the aggregate with this key.</summary>
    public static AggregateView Of(AggregateKey key, AggregateState state, AggregateDefinition definition)
    {
        var window = definition.Window;
        return new AggregateView(
            definition.Name,
            key.Generation,
            GroupOf(key, definition),
            window is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(key.WindowStartMs),
            window is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(key.WindowStartMs + window.SizeMs),
            state.Count,
            MeasuresOf(state, definition, out var skipped),
            skipped);
    }

    private static OrderedDictionary<string, JsonElement> GroupOf(AggregateKey key, AggregateDefinition definition)
    {
        var group = new OrderedDictionary<string, JsonElement>();
        using var values = JsonDocument.Parse(key.Group);
        for (var i = 0; i < definition.Group.Count; i++)
            group.Add(definition.Group[i].Name, values.RootElement[i].Clone());
        return group;
    }

    private static OrderedDictionary<string, JsonElement> MeasuresOf(
        AggregateState state, AggregateDefinition definition, out OrderedDictionary<string, long> skipped)
    {
        var shown = new OrderedDictionary<string, JsonElement>();
        skipped = [];
        var next = 0;
        foreach (var measure in definition.Measures)
        {
            if (measure.Kind == MeasureKind.Count)
            {
                shown.Add(measure.Name, Number(state.Count));
                continue;
            }

            var held = state.Measures[next++];
            shown.Add(measure.Name, Show(held, measure));
            if (held.Skipped > 0)
                skipped.Add(measure.Name, held.Skipped);
        }

        return shown;
    }

    private static JsonElement Show(Measure held, MeasureDefinition definition) => held switch
    {
        SumMeasure mean when definition.Kind == MeasureKind.Mean => Number(mean.Mean),
        SumMeasure sum => Number(sum.Sum),
        MinMeasure min => Number(min.Value),
        MaxMeasure max => Number(max.Value),
        DistinctMeasure distinct => Number(distinct.Estimate),
        QuantilesMeasure quantiles => Quantiles(quantiles, definition.Quantiles),
        _ => throw new InvalidOperationException($"A {held.GetType().Name} cannot be shown."),
    };

    private static JsonElement Quantiles(QuantilesMeasure held, IReadOnlyList<double> shown)
    {
        var values = shown.Select(quantile =>
            $"\"{Text(quantile)}\":{(held.Quantile(quantile) is { } value ? Text(value) : "null")}");
        return JsonElement.Parse("{" + string.Join(',', values) + "}");
    }

    /// <summary>Quantiles are known to 1 %: more than six significant digits would say nothing.</summary>
    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static JsonElement Number(long value) => JsonElement.Parse(value.ToString(CultureInfo.InvariantCulture));

    private static JsonElement Number(ExactDecimal? value) => JsonElement.Parse(value?.ToString() ?? "null");
}
