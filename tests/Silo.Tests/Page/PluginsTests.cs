using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class PluginsTests(PageFixture fixture)
{
    [Fact]
    public async Task A_plugin_tells_its_runs_and_failures_and_what_it_takes_and_makes()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        await using var page = await fixture.OpenAsync("plugins", server);
        await Assertions.Expect(Card(page, "picky")).ToContainTextAsync("active");
        await Assertions.Expect(Card(page, "picky")).ToContainTextAsync("version 1");
        await Assertions.Expect(Card(page, "picky")).ToContainTextAsync("text/*");
        await Assertions.Expect(Card(page, "picky")).ToContainTextAsync("plugins/picky");

        // The figures follow while the page is looked at.
        var refused = await server.PostAsync(
            """{"uuid":"p-1","file":"here.txt","want":{"error":"No.","retry":false}}""", source);
        await server.WaitForStatusAsync(refused, "PARKED");
        var picky = (await server.GetAsync("api/v1/plugins"))
            .GetProperty("plugins")
            .EnumerateArray()
            .Single(plugin => plugin.GetProperty("name").GetString() == "picky");
        await Assertions
            .Expect(Figure(page, "picky", "runs"))
            .ToHaveTextAsync(picky.GetProperty("runs").GetInt64().ToString());
        await Assertions
            .Expect(Figure(page, "picky", "failures"))
            .ToHaveTextAsync(picky.GetProperty("failures").GetInt64().ToString());
        await Assertions.Expect(Figure(page, "picky", "median")).ToContainTextAsync("s");
        await Assertions.Expect(Figure(page, "picky", "threads held")).ToHaveTextAsync("0");

        await Card(page, "picky").GetByRole(AriaRole.Link, new() { Name = "failures of its share" }).ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#failures-plugin")).ToHaveValueAsync("name:picky");
        await Assertions
            .Expect(page.Tab.Locator("#failures-list > li").Filter(new() { HasText = refused }))
            .ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_plugin_that_could_not_be_loaded_says_why_and_stands_first()
    {
        await using var page = await fixture.OpenAsync(
            "plugins",
            await fixture.ProcessingAsync(),
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
            });
        var first = page.Tab.Locator("#plugin-cards > *").First;
        await Assertions.Expect(first).ToContainTextAsync("broken");
        await Assertions.Expect(first).ToContainTextAsync("failed");
        await Assertions.Expect(first.Locator(".plugin-reason")).ToContainTextAsync("configuration_invalid");
        Assert.Equal(0, await page.Tab.Locator("#plugins img").CountAsync());
        Assert.Equal(0, await page.OverflowAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task An_aggregate_of_a_plugin_leads_to_its_chart()
    {
        var server = await fixture.ProcessingAsync();
        await using var page = await fixture.OpenAsync("plugins", server);
        await Card(page, "sizes").GetByRole(AriaRole.Link, new() { Name = "sizes", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#charts")).ToBeVisibleAsync();
        await Assertions
            .Expect(page.Tab.GetByRole(AriaRole.Heading, new() { Name = "sizes", Exact = true }))
            .ToBeFocusedAsync();
    }

    private static ILocator Card(OpenPage page, string name) =>
        page.Tab.Locator("#plugin-cards > *")
            .Filter(new() { Has = page.Tab.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true }) });

    private static ILocator Figure(OpenPage page, string plugin, string name) =>
        Card(page, plugin)
            .Locator(".figures div")
            .Filter(new() { Has = page.Tab.GetByText(name, new() { Exact = true }) })
            .Locator("dd");
}
