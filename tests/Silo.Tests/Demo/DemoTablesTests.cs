using System.Text.Json;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Definitions;
using Tributary.Silo.Demo;

namespace Tributary.Silo.Tests.Demo;

public sealed class DemoTablesTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Groups_windows_and_measures_are_columns_and_each_quantile_is_one()
    {
        var definition = Define(
            """
            {"name":"quakes","group":[{"name":"network","pointer":"/network"}],
             "measures":[{"name":"count","kind":"count"},{"name":"strongest","kind":"max","pointer":"/m"},
                         {"name":"m","kind":"quantiles","pointer":"/m","quantiles":[0.5,0.999]}],
             "window":{"size":"1d","by":"event","time":"/time","format":"unix-ms"}}
            """);
        var table = DemoTables.TableOf(
            definition,
            [
                View(
                    definition, "\"us\"", Day.AddHours(6),
                    """{"count":12,"strongest":5.123456,"m":{"0.5":1.5,"0.999":5}}"""),
                View(definition, "\"ak\"", Day, """{"count":3,"strongest":null,"m":{"0.5":null,"0.999":null}}"""),
            ]);

        AssertTable(
            """
            quakes
            network  from                 count  strongest  m 50 %  m 99.9 %
            -------  -------------------  -----  ---------  ------  --------
            ak       2026-03-01               3
            us       2026-03-01 06:00:00     12     5.1235     1.5         5
            """,
            table);
    }

    [Fact]
    public void Groups_of_one_number_stand_in_its_order_and_before_those_without()
    {
        var definition = Counts();

        AssertTable(
            """
            counts
            size  count
            ----  -----
            -1        1
            2.5       1
            10        1
            null      1
            ten       1
            """,
            DemoTables.TableOf(definition, [.. Of(definition, "10", "null", "2.5", "\"ten\"", "-1")]));
    }

    [Fact]
    public void More_rows_than_a_table_shows_are_said_in_a_note()
    {
        var definition = Counts();
        var groups = Enumerable.Range(0, DemoTables.MaxRowsCount + 1).Select(number => $"{number}").ToArray();

        Assert.EndsWith(
            "39        1\nthe first 40; all of them are at /api/v1/aggregates/counts\n",
            DemoTables.TableOf(definition, [.. Of(definition, groups)]).ToString(),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "39        1\n",
            DemoTables.TableOf(definition, [.. Of(definition, groups[..^1])]).ToString(),
            StringComparison.Ordinal);
    }

    private static AggregateDefinition Define(string json) =>
        AggregateDefinition.Parse(JsonElement.Parse(json), "aggregates[0]");

    private static AggregateDefinition Counts() => Define(
        """
        {"name":"counts","group":[{"name":"size","pointer":"/size"}],"measures":[{"name":"count","kind":"count"}]}
        """);

    private static IEnumerable<AggregateView> Of(AggregateDefinition definition, params string[] groups) =>
        groups.Select(group => View(definition, group, start: null, """{"count":1}"""));

    private static AggregateView View(
        AggregateDefinition definition, string group, DateTimeOffset? start, string measures)
    {
        var values = JsonElement.Parse(measures).EnumerateObject()
            .Select(measure => KeyValuePair.Create(measure.Name, measure.Value));
        return new AggregateView(
            definition.Name, 1, new() { [definition.Group[0].Name] = JsonElement.Parse(group) },
            start, start?.AddDays(1), 1, new(values), []);
    }

    private static void AssertTable(string expected, PlainTable table) =>
        Assert.Equal(expected + "\n", table.ToString());
}
