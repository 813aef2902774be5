using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

/// <summary>Every view of the page, with a server that has something to show in it.</summary>
internal sealed class LayoutViews(PageFixture fixture)
{
    public const string Key = "a-key-of-sixteen-signs";

    private static bool isWritten;
    private static string parked = "";
    private static string unmapped = "";
    private static string completed = "";

    public static readonly string[] Names =
    [
        "live",
        "live-opened",
        "live-empty",
        "saved",
        "saved-lookup",
        "charts",
        "charts-tables",
        "charts-empty",
        "map",
        "map-tooltip",
        "failures",
        "failures-selected",
        "failures-empty",
        "plugins",
        "message-parked",
        "message-unmapped",
        "message-completed",
        "message-unknown", "ledger", "ledger-verified", "cluster", "key", "disconnected", "docs",
    ];

    /// <summary>Opens a view and waits until it shows what it has.</summary>
    public async Task<OpenPage> OpenAsync(string view, int width)
    {
        await WriteAsync();
        var processing = await fixture.ProcessingAsync();
        var options = new BrowserNewContextOptions
        {
            ViewportSize = new() { Width = width, Height = width < 600 ? 844 : 900 },
            ReducedMotion = ReducedMotion.Reduce,
        };
        Task<OpenPage> On(ITributaryServer server, string section) => fixture.OpenAsync(section, server, options);
        var page = view switch
        {
            "live"
            or "live-opened"
            or "saved"
            or "saved-lookup"
            or "charts"
            or "charts-tables"
            or "map"
            or "map-tooltip" => await On(fixture.Server, view.Split('-')[0]),
            "live-empty" or "charts-empty" => await OpenEmptyAsync(view.Split('-')[0], options),
            "failures-empty" => await On(fixture.Server, "failures"),
            "failures" or "failures-selected" or "plugins" or "ledger" or "ledger-verified"
                or "cluster" =>
                await On(processing, view.Split('-')[0]),
            "message-parked" => await On(processing, $"message/{parked}"),
            "message-unmapped" => await On(processing, $"message/{unmapped}"),
            "message-completed" => await On(processing, $"message/{completed}"),
            "message-unknown" => await On(processing, "message/01890000-0000-7000-8000-000000000000"),
            "key" => await OpenRefusedAsync(options),
            "disconnected" => await fixture.OpenAsync(
                "live", options: options,
                prepare: tab => tab.RouteWebSocketAsync("**/ws/v1/**", socket => _ = socket.CloseAsync())),
            "docs" => await On(fixture.Server, "live"),
            _ => throw new ArgumentException($"No view is named {view}.", nameof(view)),
        };
        await ShowAsync(page, view);
        return page;
    }

    private static async Task ShowAsync(OpenPage page, string view)
    {
        var tab = page.Tab;
        if (view == "docs")
            await tab.GotoAsync(new Uri(new Uri(tab.Url), "/docs").ToString());
        var awaited = view switch
        {
            "live" or "live-opened" or "disconnected" => "#live-list > li",
            "live-empty" => "#live-empty",
            "saved" or "saved-lookup" => "#saved-list > li",
            "charts" or "charts-tables" => ".card:last-child .chart svg",
            "charts-empty" => "#aggregates-empty",
            "map" or "map-tooltip" => ".map-dot.is-newest",
            "failures" or "failures-selected" => "#failures-list > li",
            "failures-empty" => "#failures-empty",
            "plugins" => "#plugin-cards > *",
            "message-unknown" => "#message-error",
            "message-parked" or "message-unmapped" or "message-completed" => "#message-object > *",
            "ledger" or "ledger-verified" => "#ledger-sources tr",
            "cluster" => ".cluster-square",
            "key" => "#key",
            _ => ".opblock",
        };
        await Assertions.Expect(tab.Locator(awaited).First).ToBeVisibleAsync();
        await (view switch
        {
            "live-opened" => tab.Locator("#live-list summary").First.ClickAsync(),
            "charts-tables" => OpenAllAsync(tab.Locator(".chart-table summary")),
            "map-tooltip" => tab.Locator(".map-dot.is-newest").FocusAsync(),
            "failures-selected" => tab.Locator("#failures-all").CheckAsync(),
            "saved-lookup" => tab.Locator("#lookup-id").ScrollIntoViewIfNeededAsync(),
            "ledger-verified" => tab.Locator("#ledger-verify").ClickAsync(),
            "disconnected" => Assertions.Expect(page.Connection).ToHaveTextAsync("Reconnecting"),
            _ => Task.CompletedTask,
        });
        if (view == "ledger-verified")
            await Assertions.Expect(tab.Locator("#ledger-recount")).ToBeVisibleAsync();
    }

    private static async Task OpenAllAsync(ILocator summaries)
    {
        foreach (var summary in await summaries.AllAsync())
            await summary.ClickAsync();
    }

    /// <summary>A page whose server has nothing: the answers are made up, as a fresh server gives them.</summary>
    private Task<OpenPage> OpenEmptyAsync(string section, BrowserNewContextOptions options) =>
        fixture.OpenAsync(section, options: options, prepare: async tab =>
    {
        await tab.RouteAsync("**/api/v1/messages*", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = """{"offset":0,"limit":50,"paginationId":"1","total":0,"messages":[]}""",
        }));
        await tab.RouteAsync("**/api/v1/aggregates*", route => route.FulfillAsync(new()
        {
            ContentType = "application/json", Body = """{"aggregates":[]}""",
        }));
    });

    private Task<OpenPage> OpenRefusedAsync(BrowserNewContextOptions options) =>
        fixture.OpenAsync("ledger", options: options, prepare: tab =>
        tab.RouteAsync("**/api/v1/**", route => route.FulfillAsync(new()
        {
            Status = 401, ContentType = "application/problem+json",
            Body = """{"title":"A key is needed","status":401,"code":"unauthorized"}""",
        })));

    /// <summary>Messages as people send them, and as nobody should.</summary>
    private async Task WriteAsync()
    {
        if (isWritten)
            return;
        isWritten = true;
        await using (var page = await fixture.OpenAsync("ledger"))
        {
            foreach (var message in (object[])[Deep(), Long(), Many(), new { }, Signs(), Ordinary()])
                await page.PostAsync(JsonSerializer.Serialize(message));
        }

        var server = await fixture.ProcessingAsync();
        completed = await server.PostAsync(
            JsonSerializer.Serialize(new { uuid = "letter-7", file = "here.txt", subject = "A letter", pages = 2 }),
                "letters");
        unmapped = await server.PostAsync(
            JsonSerializer.Serialize(new { file = new string('f', 300), name = "no uuid" }), "letters");
        var longId = string.Concat(Enumerable.Repeat("item-with-a-long-name/", 10));
        var error = new string('e', 300) + " and then " + string.Concat(Enumerable.Repeat("some words ", 30));
        var want = new { error, retry = false };
        parked = await server.PostAsync(
            JsonSerializer.Serialize(new { uuid = longId, file = "here.txt", want }),
                string.Concat(Enumerable.Repeat("a-long-source-", 8)));
        for (var number = 1; number <= 6; number++)
            await server.PostMissingAsync("scanner", $"page-{number}.tif");
        await server.WaitForStatusAsync(completed, "COMPLETED");
        await server.WaitForStatusAsync(unmapped, "PARKED");
        await server.WaitForStatusAsync(parked, "PARKED");
    }

    private static object Ordinary() =>
        new { sensor = "s-7", celsius = 21.5, place = "Lisbon", longitude = -9.14, latitude = 38.72, ok = true,
            error = (string?)null };

    private static object Long() => new Dictionary<string, object>
    {
        [new string('k', 400)] = 1,
        ["text"] = new string('w', 5_000),
        ["n"] = 123456789012345678L,
    };

    private static object Many() => Enumerable.Range(0, 60)
        .ToDictionary(number => $"field{number}", number => number * 1.25);

    private static object Signs() =>
        new { arabic = "مرحبا بالعالم", emoji = "👩‍👩‍👧‍👦🏳️‍🌈", lines = "one\ntwo\tthree",
            html = ProcessingServer.Hostile, zalgo = "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!" };

    private static object Deep()
    {
        var text = new StringBuilder();
        for (var depth = 0; depth < 20; depth++)
            text.Append("{\"deeper\":");
        text.Append("[1,2,3]").Append('}', 20);
        return JsonSerializer.Deserialize<JsonElement>(text.ToString());
    }
}
