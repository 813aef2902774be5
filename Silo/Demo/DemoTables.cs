using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tributary.Api;
using Tributary.Grains;

namespace Tributary.Silo.Demo;

/// <summary>Prints what was aggregated, one table per aggregate.</summary>
internal static class DemoTables
{
    private const int MaxRowsCount = 1_000;

    private static readonly IAnsiConsole Output = AnsiConsole.Create(
        new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });

    public static async Task PrintAsync(ApiNode node, CancellationToken cancellation)
    {
        foreach (var active in node.Definitions)
        {
            var rows = await node.Log.ReadAggregatesAsync(active.Generation, null, null, null, null, MaxRowsCount, cancellation);
            Print(active.Definition, [.. rows.Select(row => AggregateView.Of(row, active.Definition))]);
        }
    }

    private static void Print(AggregateDefinition definition, List<AggregateView> views)
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.Ascii : TableBorder.Rounded).Title(definition.Name);
        if (definition.Window is not null)
            table.AddColumn("from");
        foreach (var group in definition.Group)
            table.AddColumn(group.Name);
        foreach (var measure in definition.Measures)
            table.AddColumn(new TableColumn(Markup.Escape(Heading(measure))).RightAligned());
        // Windows and classes have an order of their own; other groups are shown largest first.
        var isClass = definition.Group is [{ Floor: not null }];
        foreach (var view in views.OrderBy(view => view.WindowStart).ThenBy(view => isClass ? ClassOf(view) : -view.Count))
            table.AddRow([.. Cells(view).Select(Markup.Escape)]);
        Output.Write(table);
    }

    private static double ClassOf(AggregateView view) =>
        view.Group.GetAt(0).Value is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.PositiveInfinity;

    private static string Heading(MeasureDefinition measure) => measure.Kind == MeasureKind.Quantiles
        ? $"{measure.Name} {string.Join(" / ", measure.Quantiles.Select(quantile => $"{quantile * 100}%"))}"
        : measure.Name;

    private static IEnumerable<string> Cells(AggregateView view)
    {
        if (view.WindowStart is { } start)
            yield return start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var value in view.Group.Values.Concat(view.Measures.Values))
            yield return Cell(value);
    }

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => string.Join(" / ", value.EnumerateObject().Select(field => Cell(field.Value))),
        JsonValueKind.Null => "-",
        _ => value.ToString(),
    };
}
