using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class ReconnectTests(PageFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_restart_no_message_is_missing_and_none_is_shown_twice()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        await using var page = await fixture.OpenAsync("live", on: server);
        await page.WaitUntilLiveAsync();

        await page.PostAsync("""{"name":"first"}""");
        await page.PostAsync("""{"name":"second"}""");
        await Assertions.Expect(page.LiveMessages).ToHaveCountAsync(2);

        await server.StopAsync(Cancellation);
        await Assertions.Expect(page.Connection).ToHaveTextAsync("Reconnecting");
        await server.StartAsync(Cancellation);
        // Whether the page is back by now or not: these two are either live or replayed.
        await page.PostAsync("""{"name":"third"}""");
        await page.PostAsync("""{"name":"fourth"}""");

        await page.WaitUntilLiveAsync();
        await page.PostAsync("""{"name":"fifth"}""");
        string[] expected = ["namefifth", "namefourth", "namethird", "namesecond", "namefirst"];
        await Assertions.Expect(page.LiveMessages.Locator(".message-fields")).ToHaveTextAsync(expected);
    }

    [Fact]
    public async Task A_restart_before_the_first_message_loses_nothing()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        await using var page = await fixture.OpenAsync("live", on: server);
        await page.WaitUntilLiveAsync();

        await server.StopAsync(Cancellation);
        await server.StartAsync(Cancellation);
        await page.PostAsync("""{"name":"only"}""");

        await Assertions.Expect(page.LiveMessages.Locator(".message-fields")).ToHaveTextAsync(["nameonly"]);
    }

    [Theory]
    [InlineData(4008)]
    [InlineData(1001)]
    [InlineData(1012)]
    public async Task The_feed_goes_on_after_the_last_message_it_showed(int closeCode)
    {
        var addresses = new List<string>();
        await using var page = await fixture.OpenAsync("live", prepare: tab =>
            tab.RouteWebSocketAsync("**/ws/v1/**", socket =>
            {
                addresses.Add(socket.Url);
                var n = addresses.Count;
                socket.Send($$$"""{"cursor":"c/+{{{n}}}","message":{"n":{{{n}}}}}""");
                if (n == 1)
                    _ = socket.CloseAsync(new() { Code = closeCode });
            }));

        await Assertions.Expect(page.LiveMessages.First.Locator(".message-fields")).ToHaveTextAsync("n2");
        Assert.EndsWith("cursors=1&after=c%2F%2B1", addresses[1], StringComparison.Ordinal);
        await Assertions.Expect(page.Tab.Locator("#feed-note")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_cursor_that_the_server_does_not_know_begins_the_feed_anew_and_says_so()
    {
        var addresses = new List<string>();
        await using var page = await fixture.OpenAsync("live", prepare: tab =>
            tab.RouteWebSocketAsync("**/ws/v1/**", socket =>
            {
                addresses.Add(socket.Url);
                if (addresses.Count == 1)
                    _ = socket.CloseAsync(new() { Code = 4400 });
                else
                    socket.Send("""{"cursor":"c9","message":{"n":9}}""");
            }));

        await Assertions.Expect(page.LiveMessages.First.Locator(".message-fields")).ToHaveTextAsync("n9");
        Assert.DoesNotContain("after=", addresses[1], StringComparison.Ordinal);
        await Assertions.Expect(page.Tab.Locator("#feed-note")).ToContainTextAsync("begins anew");
    }

    [Fact]
    public async Task A_waiting_page_counts_down_and_can_be_told_to_connect_now()
    {
        var attempts = 0;
        await using var page = await fixture.OpenAsync("live", prepare: async tab =>
        {
            // With the clock standing still the delay never ends by itself.
            await tab.Clock.InstallAsync(new() { TimeDate = DateTime.UnixEpoch });
            await tab.Clock.PauseAtAsync(DateTime.UnixEpoch.AddHours(1));
            await tab.RouteWebSocketAsync("**/ws/v1/**", socket =>
            {
                attempts++;
                if (attempts == 1)
                    _ = socket.CloseAsync(new() { Code = 1001 });
            });
        });

        await Assertions.Expect(page.Tab.Locator(".connection-countdown")).ToHaveTextAsync("in 1 s");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Connect now" }).ClickAsync();
        await page.WaitUntilLiveAsync();
        Assert.Equal(2, attempts);
    }
}
