using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

/// <summary>The page over a database whose aggregates left the configuration, and with one that is new.</summary>
[Collection(nameof(PageCollection))]
public sealed class StoredAggregatesTests(PageFixture fixture)
{
    private const string First = "[{name: left, group: [{name: g, pointer: /g}], measures: [{name: n, kind: count}]}]";
    private const string Second = "[{name: fresh, measures: [{name: n, kind: count}]}]";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(390)]
    [InlineData(1_400)]
    public async Task A_card_says_that_its_aggregate_is_not_counted_any_more_and_how_a_new_one_is_filled(int width)
    {
        var environment = new Dictionary<string, string> { ["TRIBUTARY__AGGREGATES"] = First };
        await using var server = await TributaryProcess.StartNewAsync(environment, [], Cancellation);
        await using (var posting = await fixture.OpenAsync("charts", server))
        {
            await posting.PostAsync("""{"g":"one"}""");
            await Assertions.Expect(State(posting, "left")).ToBeHiddenAsync();
        }

        Assert.Equal(0, await server.StopAsync(Cancellation));
        environment["TRIBUTARY__AGGREGATES"] = Second;
        await server.StartAsync(Cancellation);
        await using var page = await fixture.OpenAsync("charts", server,
            new() { ViewportSize = new() { Width = width, Height = 844 } });

        await Assertions.Expect(State(page, "left")).ToContainTextAsync("Not counted any more");
        await Assertions.Expect(Card(page, "left").Locator(".chart-mark").First).ToBeVisibleAsync();
        await Assertions.Expect(State(page, "fresh")).ToBeHiddenAsync();
        await Assertions.Expect(Card(page, "fresh")).ToContainTextAsync("POST /api/v1/reprocess?aggregate=fresh");
        Assert.Equal(0, await page.OverflowAsync());
        Assert.Empty(page.Complaints);
        if (Environment.GetEnvironmentVariable("TRIBUTARY_SCREENSHOTS") is { Length: > 0 } folder)
            await page.Tab.ScreenshotAsync(new() { Path = Path.Combine(folder, $"stored-aggregates-{width}.png"),
                FullPage = true });
    }

    private static ILocator State(OpenPage page, string name) => Card(page, name).Locator(".aggregate-state");

    private static ILocator Card(OpenPage page, string name) =>
        page.Tab.Locator(".card").Filter(new() { Has =
            page.Tab.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true }) });
}
