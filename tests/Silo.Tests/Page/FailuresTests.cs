using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class FailuresTests(PageFixture fixture)
{
    [Fact]
    public async Task A_failure_tells_what_failed_where_why_and_when_it_is_tried_again()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var missing = await server.PostMissingAsync(source, "a.txt");
        var refused = await server.PostAsync(
            """{"uuid":"s-7","file":"here.txt","want":{"error":"No such luck.","retry":false}}""", source);
        await server.WaitForStatusAsync(refused, "PARKED");

        await using var page = await OpenAsync(server, source);
        var waits = Rows(page).Filter(new() { HasText = missing });
        await Assertions.Expect(waits).ToContainTextAsync("retrying");
        await Assertions.Expect(waits).ToContainTextAsync("whole message");
        await Assertions.Expect(waits).ToContainTextAsync("at query");
        await Assertions.Expect(waits.Locator(".failure-error")).ToContainTextAsync("content_missing: ");
        await Assertions.Expect(waits).ToContainTextAsync("1 attempt");
        await Assertions.Expect(waits.Locator(".failure-next")).ToContainTextAsync("next in 4 h 59 min");
        await Assertions.Expect(waits).ToContainTextAsync($"source {source}");
        var parked = Rows(page).Filter(new() { HasText = refused });
        await Assertions.Expect(parked).ToContainTextAsync("parked");
        await Assertions.Expect(parked).ToContainTextAsync("picky");
        await Assertions.Expect(parked).ToContainTextAsync("at execute");
        await Assertions.Expect(parked.Locator(".failure-error")).ToHaveTextAsync("plugin_failed: No such luck.");
        await Assertions.Expect(parked).ToContainTextAsync("since ");
    }

    [Fact]
    public async Task What_fails_and_what_is_done_while_one_looks_leaves_the_selection_and_the_focus()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var kept = await server.PostMissingAsync(source, "kept.txt");
        var done = await server.PostMissingAsync(source, "done.txt");
        await using var page = await OpenAsync(server, source);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(2);
        var box = Rows(page).Filter(new() { HasText = kept }).GetByRole(AriaRole.Checkbox);
        await box.CheckAsync();
        await box.FocusAsync();

        var late = await server.PostMissingAsync(source, "late.txt");
        server.WriteContent($"{source}-done.txt");
        await server.ChangeAsync($"api/v1/messages/{done}/retry");

        await Assertions.Expect(Rows(page).Filter(new() { HasText = late })).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page).Filter(new() { HasText = done })).ToHaveCountAsync(0);
        await Assertions.Expect(box).ToBeCheckedAsync();
        await Assertions.Expect(box).ToBeFocusedAsync();
        await Assertions.Expect(page.Tab.Locator("#failures-selected")).ToHaveTextAsync("1 selected");
    }

    [Fact]
    public async Task The_selected_ones_are_tried_again_with_the_keyboard_alone()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var chosen = await server.PostMissingAsync(source, "chosen.txt");
        var other = await server.PostMissingAsync(source, "other.txt");
        server.WriteContent($"{source}-chosen.txt");
        server.WriteContent($"{source}-other.txt");
        await using var page = await OpenAsync(server, source);

        await Rows(page).Filter(new() { HasText = chosen }).GetByRole(AriaRole.Checkbox).FocusAsync();
        await page.Tab.Keyboard.PressAsync("Space");
        var retry = page.Tab.GetByRole(AriaRole.Button, new() { Name = "Retry selected" });
        await retry.FocusAsync();
        await page.Tab.Keyboard.PressAsync("Enter");

        await Assertions
            .Expect(page.Tab.Locator("#failures-result"))
            .ToHaveTextAsync("Started again: 1 failure, of 1 failure selected.");
        await server.WaitForStatusAsync(chosen, "COMPLETED");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page)).ToContainTextAsync(other);
        await Assertions.Expect(retry).ToBeDisabledAsync();
    }

    [Fact]
    public async Task All_that_match_are_tried_again_and_no_others()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var others = await server.PostMissingAsync(OpenPage.Marker(), "a.txt");
        var messages = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            messages.Add(await server.PostMissingAsync(source, $"{n}.txt"));
            server.WriteContent($"{source}-{n}.txt");
        }

        await using var page = await OpenAsync(server, source);
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Retry all that match" }).ClickAsync();

        await Assertions
            .Expect(page.Tab.Locator("#failures-result"))
            .ToHaveTextAsync("Started again: 3 messages, of 3 failures that match.");
        foreach (var message in messages)
            await server.WaitForStatusAsync(message, "COMPLETED");
        await Assertions.Expect(page.Tab.Locator("#failures-empty")).ToContainTextAsync("No failure is like that.");
        Assert.Equal(
            "RETRYING", (await server.GetAsync($"api/v1/messages/{others}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Trying_all_again_goes_on_until_the_server_has_looked_at_all()
    {
        var asked = new List<string>();
        await using var page = await fixture.OpenAsync(
            "failures?status=PARKED&error=50%25%20%26%20more", prepare: async tab =>
        {
            await tab.RouteAsync("**/api/v1/failures?*", route =>
                route.FulfillAsync(new() { ContentType = "application/json", Body = OneFailure }));
            await tab.RouteAsync("**/api/v1/failures/retry?*", route =>
            {
                asked.Add(new Uri(route.Request.Url).Query);
                var next = asked.Count < 3 ? $"\"n{asked.Count}\"" : "null";
                var body = $$"""{"matched":1000,"changed":998,"next":{{next}}}""";
                return route.FulfillAsync(new() { ContentType = "application/json", Body = body });
            });
        });
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Retry all that match" }).ClickAsync();

        await Assertions
            .Expect(page.Tab.Locator("#failures-result"))
            .ToHaveTextAsync("Started again: 2,994 messages, of 3,000 failures that match.");
        Assert.Equal(
            [
                "?status=PARKED&error=50%25+%26+more",
                "?status=PARKED&error=50%25+%26+more&after=n1",
                "?status=PARKED&error=50%25+%26+more&after=n2",
            ],
            asked);
    }

    [Fact]
    public async Task Parking_gives_up_what_waits()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var message = await server.PostMissingAsync(source, "a.txt");
        await using var page = await OpenAsync(server, source);
        await page.Tab.Locator("#failures-all").CheckAsync();
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Park selected" }).ClickAsync();

        await Assertions.Expect(Rows(page).Locator(".failure-status")).ToHaveTextAsync("parked");
        await server.WaitForStatusAsync(message, "PARKED");
    }

    [Fact]
    public async Task Each_of_several_selected_ones_is_counted()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        for (var n = 0; n < 3; n++)
            await server.PostMissingAsync(source, $"{n}.txt");
        await using var page = await OpenAsync(server, source);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(3);
        await page.Tab.Locator("#failures-all").CheckAsync();
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Park selected" }).ClickAsync();

        await Assertions
            .Expect(page.Tab.Locator("#failures-result"))
            .ToHaveTextAsync("Parked: 3 failures, of 3 failures selected.");
    }

    [Fact]
    public async Task A_row_that_is_selected_before_the_filter_is_answered_stays_selected_if_the_filter_keeps_it()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var left = await server.PostMissingAsync(source, "a.txt");
        var kept = await server.PostAsync(
            """{"uuid":"s-9","file":"here.txt","want":{"error":"Not now.","retry":false}}""", source);
        await server.WaitForStatusAsync(kept, "PARKED");
        await using var page = await OpenAsync(server, source);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(2);
        var answered = new TaskCompletionSource();
        await page.Tab.RouteAsync("**/api/v1/failures?*plugin=picky*", async route =>
        {
            await answered.Task;
            await route.ContinueAsync();
        });

        await Condition(page, "plugin").SelectOptionAsync("picky");
        foreach (var message in (string[])[left, kept])
            await Rows(page).Filter(new() { HasText = message }).GetByRole(AriaRole.Checkbox).CheckAsync();
        answered.SetResult();

        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page).GetByRole(AriaRole.Checkbox)).ToBeCheckedAsync();
        await Assertions.Expect(page.Tab.Locator("#failures-selected")).ToHaveTextAsync("1 selected");
    }

    [Fact]
    public async Task The_filter_is_in_the_address_and_outlives_a_reload()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var missing = await server.PostMissingAsync(source, "a.txt");
        var refused = await server.PostAsync(
            """{"uuid":"s-8","file":"here.txt","want":{"error":"Not today.","retry":false}}""", source);
        await server.WaitForStatusAsync(refused, "PARKED");
        await using var page = await OpenAsync(server, source);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(2);

        await Condition(page, "plugin").SelectOptionAsync("picky");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page)).ToContainTextAsync(refused);
        await Condition(page, "plugin").SelectOptionAsync("whole message");
        await Assertions.Expect(Rows(page)).ToContainTextAsync(missing);
        Assert.EndsWith($"#/failures?source={source}&plugin=", page.Tab.Url, StringComparison.Ordinal);

        await page.Tab.ReloadAsync();
        await Assertions.Expect(Condition(page, "plugin")).ToHaveValueAsync("whole");
        await Assertions.Expect(Rows(page)).ToContainTextAsync(missing);
        await Condition(page, "plugin").SelectOptionAsync("any");
        await Condition(page, "error").FillAsync("Not today");
        await page.Tab.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page)).ToContainTextAsync(refused);
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        for (var n = 0; n < 55; n++)
            await server.PostMissingAsync(source, $"{n}.txt");
        await using var page = await OpenAsync(server, source);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(50);

        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(5);
        await Assertions.Expect(Rows(page).First).ToContainTextAsync($"item {source}-50.txt");
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Button, new() { Name = "Next" })).ToBeDisabledAsync();
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(50);
        await Assertions.Expect(Rows(page).First).ToContainTextAsync($"item {source}-0.txt");
    }

    [Fact]
    public async Task Where_nothing_failed_the_page_says_so()
    {
        await using var page = await fixture.OpenAsync("failures");
        await Assertions.Expect(page.Tab.Locator("#failures-empty")).ToContainTextAsync("Nothing failed");
        await Assertions
            .Expect(page.Tab.GetByRole(AriaRole.Button, new() { Name = "Retry all that match" }))
            .ToBeDisabledAsync();
    }

    [Fact]
    public async Task Hostile_names_and_errors_are_text_and_fit_a_phone()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker() + ProcessingServer.Hostile;
        var message = await server.PostAsync(
            $$$"""{"uuid":"{{{new string('w', 400)}}}{{{source}}}","file":"here.txt","want":{"error":"{{{ProcessingServer.Hostile}}}{{{new string('e', 600)}}}","retry":true}}""",
            source);
        await server.WaitForStatusAsync(message, "RETRYING");
        await using var page = await fixture.OpenAsync(
            $"failures?source={Uri.EscapeDataString(source)}",
            server,
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
            });

        await Assertions.Expect(Rows(page).Locator(".failure-error")).ToContainTextAsync(ProcessingServer.Hostile);
        await Assertions.Expect(Rows(page)).ToContainTextAsync(source);
        Assert.Equal(0, await page.Tab.Locator("#failures img").CountAsync());
        Assert.Equal(0, await page.OverflowAsync());
        Assert.NotEqual("owned", await page.Tab.TitleAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task The_ledger_leads_to_what_failed()
    {
        var server = await fixture.ProcessingAsync();
        var source = OpenPage.Marker();
        var message = await server.PostMissingAsync(source, "a.txt");
        await using var page = await fixture.OpenAsync("ledger", server);
        await page
            .Tab.Locator("#ledger-sources tr")
            .Filter(new() { HasText = source })
            .GetByRole(AriaRole.Link)
            .ClickAsync();

        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page)).ToContainTextAsync(message);
        await Assertions.Expect(Condition(page, "status")).ToHaveValueAsync("RETRYING");
        await Assertions.Expect(Condition(page, "source")).ToHaveValueAsync(source);
    }

    private const string OneFailure = """
        {"failures":[{"message":"01890a5d-ac96-774b-bcce-b302099a8057","source":"rest","item":"s-7","plugin":null,
          "status":"PARKED","step":"query","attempts":3,
        "nextAttempt":null,"error":"content_missing: none","changedAt":"2026-01-01T00:00:00+00:00"}],"next":null}
        """;

    private Task<OpenPage> OpenAsync(ITributaryServer server, string source) =>
        fixture.OpenAsync($"failures?source={source}", server);

    private static ILocator Condition(OpenPage page, string name) =>
        page.Tab.Locator($"#failures-filter [name={name}]");

    private static ILocator Rows(OpenPage page) => page.Tab.Locator("#failures-list > li");
}
