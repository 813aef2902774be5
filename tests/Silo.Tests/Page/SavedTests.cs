using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed partial class SavedTests(PageFixture fixture)
{
    [Fact]
    public async Task Pages_stand_still_while_messages_arrive()
    {
        await using var page = await fixture.OpenAsync("live");
        var marker = OpenPage.Marker();
        for (var n = 0; n < 30; n++)
            await page.PostAsync($$"""{"page":"{{marker}}-{{n}}."}""");

        await page.Tab.GetByRole(AriaRole.Link, new() { Name = "Saved" }).ClickAsync();
        await page.Tab.Locator("#saved-size").SelectOptionAsync("20");
        await Assertions.Expect(page.SavedMessages).ToHaveCountAsync(20);
        var seen = await NumbersAsync(page, marker);
        for (var n = 30; n < 35; n++)
            await page.PostAsync($$"""{"page":"{{marker}}-{{n}}."}""");
        await Assertions.Expect(page.Tab.Locator("#saved-newest")).ToContainTextAsync("new)");

        await page.Tab.Locator("#saved-older").ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#saved-position")).ToContainTextAsync("21–40 of");
        seen.AddRange(await NumbersAsync(page, marker));
        Assert.Equal(Enumerable.Range(0, 30).Reverse(), seen);

        await page.Tab.Locator("#saved-newer").ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#saved-position")).ToContainTextAsync("1–20 of");
        Assert.Equal(Enumerable.Range(10, 20).Reverse(), await NumbersAsync(page, marker));

        await page.Tab.Locator("#saved-newest").ClickAsync();
        await Assertions.Expect(page.SavedMessages.First).ToContainTextAsync($"{marker}-34.");
    }

    [Fact]
    public async Task An_error_is_shown_in_the_servers_words_and_can_be_tried_again()
    {
        var isBroken = true;
        await using var page = await fixture.OpenAsync("live", prepare: tab =>
            tab.RouteAsync("**/api/v1/messages?*", route => isBroken
                    ? route.FulfillAsync(
                        new()
                        {
                            Status = 503,
                            ContentType = "application/problem+json",
                            Body =
                                """{"title":"Busy","status":503,"detail":"The store is <b>busy</b>.","code":"busy"}""",
                        })
                    : route.ContinueAsync()));
        await page.Tab.GetByRole(AriaRole.Link, new() { Name = "Saved" }).ClickAsync();

        var error = page.Tab.Locator("#saved-error");
        await Assertions.Expect(error).ToContainTextAsync("The store is <b>busy</b>.");
        isBroken = false;
        await error.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(error).ToBeHiddenAsync();
        await Assertions.Expect(page.SavedMessages.First).ToBeVisibleAsync();
    }

    private static async Task<List<int>> NumbersAsync(OpenPage page, string marker)
    {
        var texts = await page.SavedMessages.Locator(".message-fields").AllTextContentsAsync();
        return
        [
            .. texts
                .Where(text => text.Contains(marker, StringComparison.Ordinal))
                .Select(text => int.Parse(Number().Match(text).Groups["n"].ValueSpan)),
        ];
    }

    [GeneratedRegex(@"-(?<n>\d+)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Number();
}
