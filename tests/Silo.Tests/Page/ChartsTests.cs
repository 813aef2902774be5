using System.Text.Json;
using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class ChartsTests(PageFixture fixture)
{
    [Fact]
    public async Task Every_aggregate_has_a_card_whose_table_holds_its_numbers()
    {
        await using var page = await fixture.OpenAsync("charts");
        using var definitions = JsonDocument.Parse(await page.GetAsync("api/v1/aggregates"));
        Assert.NotEqual(0, definitions.RootElement.GetProperty("aggregates").GetArrayLength());

        foreach (var definition in definitions.RootElement.GetProperty("aggregates").EnumerateArray())
        {
            var name = definition.GetProperty("name").GetString()!;
            var count = definition
                .GetProperty("measures")
                .EnumerateArray()
                .First(measure => measure.GetProperty("kind").GetString() == "count")
                .GetProperty("name")
                .GetString()!;
            var expected = await ValuesAsync(page, name, count);
            var card = Card(page, name);
            await card.Locator(".chart-table summary").ClickAsync();
            var heads = await card.Locator("thead th").AllTextContentsAsync();
            var column = heads.ToList().IndexOf(count);
            var cells = await card.Locator($"tbody tr > :nth-child({column + 1})").AllTextContentsAsync();
            Assert.Equal(expected, cells.Select(decimal.Parse));
        }
    }

    [Fact]
    public async Task A_bar_tells_its_group_and_its_number()
    {
        await using var page = await fixture.OpenAsync("charts");
        var marks = page.Tab.Locator(".card .chart .chart-mark[aria-label='ci: 386']");
        await Assertions.Expect(marks.First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Arrow_keys_walk_along_a_chart_and_show_the_numbers()
    {
        await using var page = await fixture.OpenAsync("charts");
        var marks = page.Tab.Locator(".card").First.Locator(".chart-mark");
        await Assertions.Expect(marks.First).ToBeVisibleAsync();
        var tooltip = page.Tab.Locator("#tooltip");

        await marks.First.FocusAsync();
        await Assertions.Expect(tooltip).ToBeVisibleAsync();
        await page.Tab.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(marks.Nth(1)).ToBeFocusedAsync();
        var label = (await marks.Nth(1).GetAttributeAsync("aria-label"))!.Split(':')[0];
        await Assertions.Expect(tooltip.Locator("strong")).ToHaveTextAsync(label);
        await page.Tab.Keyboard.PressAsync("End");
        await Assertions.Expect(marks.Last).ToBeFocusedAsync();
        await page.Tab.Keyboard.PressAsync("Escape");
        await Assertions.Expect(tooltip).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_quantiles_of_one_measure_are_the_lines_of_one_chart()
    {
        const string Definitions =
            """{"aggregates":[{"name":"sizes","generation":1,"sources":null,"group":[],"measures":[{"name":"size","kind":"quantiles"}],"window":{"sizeMs":3600000,"by":"/time"}}]}""";
        const string Rows = """
            {"name":"sizes","generation":1,"next":null,"rows":[
              {"group":{},"windowStart":"2026-01-01T00:00:00Z","windowEnd":"2026-01-01T01:00:00Z",
                "measures":{"size":{"0.5":1.25,"0.999":9}}},
              {"group":{},"windowStart":"2026-01-01T05:00:00Z","windowEnd":"2026-01-01T06:00:00Z",
                "measures":{"size":{"0.5":2,"0.999":null}}}]}
            """;
        await using var page = await fixture.OpenAsync("charts", prepare: tab =>
            tab.RouteAsync("**/api/v1/aggregates**", route =>
                route.FulfillAsync(
                    new()
                    {
                        ContentType = "application/json",
                        Body = route.Request.Url.Contains("/sizes", StringComparison.Ordinal) ? Rows : Definitions,
                    })));

        await Assertions.Expect(page.Tab.Locator(".chart-legend li")).ToHaveTextAsync(["size p50", "size p99.9"]);
        var marks = page.Tab.Locator(".card .chart-mark");
        await Assertions
            .Expect(marks.First)
            .ToHaveAttributeAsync("aria-label", "1 Jan, 00:00: size p50 1.25, size p99.9 9");
        // What was not measured is a gap, not a zero: the empty windows between are told as such.
        await Assertions
            .Expect(marks.Nth(1))
            .ToHaveAttributeAsync("aria-label", "1 Jan, 01:00: size p50 –, size p99.9 –");
        await Assertions
            .Expect(marks.Last)
            .ToHaveAttributeAsync("aria-label", "1 Jan, 05:00: size p50 2, size p99.9 –");
    }

    private static ILocator Card(OpenPage page, string name) =>
        page
            .Tab.Locator(".card")
            .Filter(new() { Has = page.Tab.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true }) });

    private static async Task<List<decimal>> ValuesAsync(OpenPage page, string name, string measure)
    {
        var values = new List<decimal>();
        string? after = null;
        do
        {
            var query = after is null ? "" : $"?after={Uri.EscapeDataString(after)}";
            using var answer = JsonDocument.Parse(
                await page.GetAsync($"api/v1/aggregates/{Uri.EscapeDataString(name)}{query}"));
            values.AddRange(
                answer
                    .RootElement.GetProperty("rows")
                    .EnumerateArray()
                    .Select(row => row.GetProperty("measures").GetProperty(measure).GetDecimal()));
            after = answer.RootElement.GetProperty("next").GetString();
        }
        while (after is not null);
        return values;
    }
}
