using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class KeyTests(PageFixture fixture)
{
    // Signs that a subprotocol cannot hold as they are, and whose base64 has some that it cannot hold either.
    private const string Key = "a+key/with=signs,that?need~care>>>";

    [Fact]
    public async Task A_server_with_keys_is_opened_by_one_that_stays_in_the_tab()
    {
        await using var server = await TributaryProcess.StartNewAsync(
            new() { ["TRIBUTARY__API__KEYS"] = $"['{Key}']" }, [], TestContext.Current.CancellationToken);
        await using var page = await fixture.OpenAsync("ledger", server);
        var form = page.Tab.Locator("#key");
        var field = page.Tab.GetByLabel("Key", new() { Exact = true });

        await Assertions.Expect(form).ToContainTextAsync("This server wants an API key.");
        await Assertions.Expect(field).ToBeFocusedAsync();
        await page.Tab.Keyboard.TypeAsync("another-key-of-sixteen");
        await page.Tab.Keyboard.PressAsync("Enter");
        await Assertions.Expect(form).ToContainTextAsync("The server does not know this key.");
        await page.Tab.Keyboard.TypeAsync(Key);
        await page.Tab.Keyboard.PressAsync("Enter");

        await page.WaitUntilLiveAsync();
        await Assertions.Expect(form).ToBeHiddenAsync();
        await Assertions.Expect(page.Tab.Locator("#ledger-verdict")).ToHaveTextAsync("The books balance.");
        Assert.Equal(Key, await page.Tab.EvaluateAsync<string>("sessionStorage.getItem('api-key')"));
        Assert.Equal(0, await page.Tab.EvaluateAsync<int>("localStorage.length + document.cookie.length"));
        Assert.DoesNotContain(page.Requests, request => request.Query.Contains("key", StringComparison.Ordinal));

        await page.Tab.ReloadAsync();
        await page.WaitUntilLiveAsync();
        await Assertions.Expect(form).ToBeHiddenAsync();

        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Forget the API key" }).ClickAsync();
        await Assertions.Expect(form).ToContainTextAsync("This server wants an API key.");
        Assert.Null(await page.Tab.EvaluateAsync<string?>("sessionStorage.getItem('api-key')"));
    }

    [Fact]
    public async Task A_key_that_is_wanted_from_now_on_is_asked_for_and_what_waited_for_it_goes_on()
    {
        var isGuarded = false;
        await using var page = await fixture.OpenAsync("live", prepare: tab =>
            tab.RouteAsync("**/api/v1/**", async route =>
            {
                var headers = await route.Request.AllHeadersAsync();
                if (isGuarded && headers.GetValueOrDefault("authorization") != "Bearer new-key-of-sixteen")
                    await route.FulfillAsync(
                        new()
                        {
                            Status = 401,
                            ContentType = "application/problem+json",
                            Body = """{"title":"A key is needed","status":401,"code":"unauthorized"}""",
                        });
                else
                    await route.ContinueAsync();
            }));
        await page.WaitUntilLiveAsync();
        isGuarded = true;
        await page.Tab.GetByRole(AriaRole.Link, new() { Name = "Ledger" }).ClickAsync();

        await page.Tab.GetByLabel("Key", new() { Exact = true }).FillAsync("new-key-of-sixteen");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Use this key" }).ClickAsync();

        await Assertions.Expect(page.Tab.Locator("#ledger-verdict")).ToHaveTextAsync("The books balance.");
        await Assertions.Expect(page.Tab.Locator("#key")).ToBeHiddenAsync();
    }
}
