using System.Globalization;
using System.Text.Json;
using Tributary.Api;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Definitions;

namespace Tributary.Silo.Demo;

/// <summary>Shows the aggregates as tables.</summary>
internal static class DemoTables
{
    /// <summary>Rows of one table; a configured aggregate may have many more.</summary>
    public const int MaxRowsCount = 40;

    public static async Task WriteAsync(ApiNode node, TextWriter output, CancellationToken cancellation)
    {
        var live = node.Live();
        foreach (var active in live.Definitions.Where(live.IsFed))
        {
            var rows = await node.Aggregates.ReadAggregatesAsync(
                active.Generation, null, null, null, null, MaxRowsCount + 1, cancellation);
            if (rows.Count == 0)
                continue;
            var table = TableOf(active.Definition, [.. rows.Select(row => AggregateView.Of(row, active.Definition))]);
            await output.WriteAsync($"{Environment.NewLine}{table}".AsMemory(), cancellation);
        }
    }

    /// <param name="views">The rows, and one more than the table shows when there are more.</param>
    internal static PlainTable TableOf(AggregateDefinition definition, IReadOnlyList<AggregateView> views)
    {
        var table = new PlainTable(definition.Name);
        foreach (var group in definition.Group)
            table.AddColumn(group.Name, isNumber: false);
        if (definition.Window is not null)
            table.AddColumn("from", isNumber: false);
        foreach (var measure in definition.Measures)
        {
            foreach (var name in NamesOf(measure))
                table.AddColumn(name, isNumber: true);
        }

        foreach (var view in Ordered(views).Take(MaxRowsCount))
            table.AddRow(CellsOf(view));
        if (views.Count > MaxRowsCount)
            table.Note = $"the first {MaxRowsCount}; all of them are at /api/v1/aggregates/{definition.Name}";
        return table;
    }

    private static IEnumerable<string> NamesOf(MeasureDefinition measure) =>
        measure.Kind == MeasureKind.Quantiles
            ? measure.Quantiles.Select(quantile => $"{measure.Name} {quantile * 100:0.##} %")
            : [measure.Name];

    /// <summary>Groups of one number in the order of the number; all others in stored order.</summary>
    private static IEnumerable<AggregateView> Ordered(IReadOnlyList<AggregateView> views) =>
        views
            .OrderBy(view => view.WindowStart)
            .ThenBy(view =>
                view.Group.Count == 1 && view.Group.GetAt(0).Value is { ValueKind: JsonValueKind.Number } number
                    ? number.GetDouble()
                    : double.PositiveInfinity);

    private static IEnumerable<string> CellsOf(AggregateView view)
    {
        foreach (var (_, value) in view.Group)
            yield return value.ToString() is { Length: > 0 } text ? text : "null";
        if (view.WindowStart is { } start)
            yield return start.ToString(
                start.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        foreach (var (_, value) in view.Measures)
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (var quantile in value.EnumerateObject())
                    yield return Short(quantile.Value);
            }
            else
                yield return Short(value);
        }
    }

    /// <summary>At most four digits after the point: a table is for looking; the API gives every digit.</summary>
    private static string Short(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            ? number.ToString("0.####", CultureInfo.InvariantCulture)
            : value.ToString();
}
