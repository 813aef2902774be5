using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class LiveTests(PageFixture fixture)
{
    [Fact]
    public async Task A_posted_message_appears_without_a_reload()
    {
        await using var page = await fixture.OpenAsync("live");
        await page.WaitUntilLiveAsync();
        var marker = OpenPage.Marker();

        await page.PostAsync($$"""{"marker":"{{marker}}","amount":1.50}""");

        var line = page.LiveMessages.First;
        await Assertions.Expect(line).ToContainTextAsync(marker);
        await Assertions.Expect(line).ToContainTextAsync("1.50");
    }

    [Fact]
    public async Task A_message_opens_to_the_object_as_posted()
    {
        await using var page = await fixture.OpenAsync("live");
        await page.WaitUntilLiveAsync();
        var marker = OpenPage.Marker();

        await page.PostAsync($$$"""{"marker":"{{{marker}}}","big":12345678901234567890,"deep":{"list":[1,2]}}""");
        await page.LiveMessages.Filter(new() { HasText = marker }).Locator("summary").ClickAsync();

        var document = page.LiveMessages.Filter(new() { HasText = marker }).Locator("pre");
        await Assertions.Expect(document).ToContainTextAsync("\"big\": 12345678901234567890");
        await Assertions.Expect(document).ToContainTextAsync("\"list\": [");
    }

    [Fact]
    public async Task Hostile_content_is_shown_as_text()
    {
        await using var page = await fixture.OpenAsync("live");
        await page.WaitUntilLiveAsync();
        var marker = OpenPage.Marker();
        const string Hostile =
            "<img src=x onerror=\\\"document.title='owned'\\\"><script>document.title='owned'</script>";

        await page.PostAsync(
            $$"""{"marker":"{{marker}}","text":"{{Hostile}}","{{Hostile}}":1,"longitude":10,"latitude":10}""");
        var line = page.LiveMessages.Filter(new() { HasText = marker });
        await line.Locator("summary").ClickAsync();

        await Assertions.Expect(line.Locator("pre")).ToContainTextAsync("<img src=x onerror=");
        Assert.Equal(0, await page.Tab.Locator("#live-list img, #live-list script").CountAsync());
        Assert.NotEqual("owned", await page.Tab.TitleAsync());
        Assert.DoesNotContain(page.Requests, request => request.AbsolutePath.EndsWith("/x", StringComparison.Ordinal));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task The_list_keeps_the_newest_messages_only()
    {
        await using var page = await fixture.OpenAsync("live", prepare: tab =>
            tab.RouteWebSocketAsync("**/ws/v1/**", socket =>
            {
                for (var n = 1; n <= 1_000; n++)
                    socket.Send($$$"""{"cursor":"c{{{n}}}","message":{"n":{{{n}}}}}""");
            }));

        await Assertions.Expect(page.LiveMessages.First).ToContainTextAsync("1000");
        await Assertions.Expect(page.LiveMessages).ToHaveCountAsync(200);
    }

    [Fact]
    public async Task Holding_the_list_keeps_it_still_and_going_on_shows_what_came()
    {
        await using var page = await fixture.OpenAsync("live");
        await page.WaitUntilLiveAsync();
        var marker = OpenPage.Marker();
        var hold = page.Tab.Locator("#live-hold");

        await hold.ClickAsync();
        await page.PostAsync($$"""{"marker":"{{marker}}"}""");
        await Assertions.Expect(hold).ToHaveTextAsync("Go on (1 new)");
        await Assertions.Expect(page.LiveMessages.Filter(new() { HasText = marker })).ToHaveCountAsync(0);

        await hold.ClickAsync();
        await Assertions.Expect(page.LiveMessages.Filter(new() { HasText = marker })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_filter_leaves_the_messages_that_contain_its_text()
    {
        await using var page = await fixture.OpenAsync("live");
        await page.WaitUntilLiveAsync();
        var marker = OpenPage.Marker();

        await page.PostAsync($$"""{"marker":"{{marker}}","n":1}""");
        await page.PostAsync("""{"marker":"another"}""");
        await page.Tab.Locator("#live-filter").FillAsync(marker.ToUpperInvariant());

        await Assertions.Expect(page.LiveMessages).ToHaveCountAsync(1);
        await page.PostAsync($$"""{"marker":"{{marker}}","n":2}""");
        await Assertions.Expect(page.LiveMessages).ToHaveCountAsync(2);
    }
}
