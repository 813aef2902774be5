using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class MapTests(PageFixture fixture)
{
    [Fact]
    public async Task Saved_messages_with_a_place_are_dots_and_a_live_one_joins_them()
    {
        await using var page = await fixture.OpenAsync("map");
        await page.WaitUntilLiveAsync();
        var state = page.Tab.Locator("#map-state");
        await Assertions.Expect(state).ToContainTextAsync("the newest ones");
        Assert.True(await page.Tab.Locator(".map-dot").CountAsync() > 1_000);

        await page.PostAsync("""{"longitude":-30.5,"latitude":-12.25,"magnitude":4.5}""");

        await Assertions.Expect(page.Tab.Locator(".map-dot.is-newest"))
            .ToHaveAttributeAsync("aria-label", "12.3° S, 30.5° W, magnitude 4.5");
    }

    [Fact]
    public async Task What_names_no_place_on_earth_is_no_dot()
    {
        await using var page = await fixture.OpenAsync("map");
        await page.WaitUntilLiveAsync();
        await Assertions.Expect(page.Tab.Locator("#map-state")).ToContainTextAsync("the newest ones");

        await page.PostAsync("""{"longitude":500,"latitude":1,"magnitude":1}""");
        await page.PostAsync("""{"longitude":null,"latitude":"","magnitude":1}""");
        await page.PostAsync("""{"longitude":5.5,"latitude":6.5}""");

        await Assertions.Expect(page.Tab.Locator(".map-dot.is-newest"))
            .ToHaveAttributeAsync("aria-label", "6.5° N, 5.5° E");
        await Assertions.Expect(page.Tab.Locator(".map-dot[aria-label*='500']")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Arrow_keys_go_to_the_nearest_dot_in_their_direction()
    {
        await using var page = await fixture.OpenAsync("map");
        await Assertions.Expect(page.Tab.Locator("#map-state")).ToContainTextAsync("the newest ones");
        var newest = page.Tab.Locator(".map-dot.is-newest");
        await newest.FocusAsync();
        await Assertions.Expect(page.Tab.Locator("#tooltip")).ToBeVisibleAsync();
        var before = await FocusedLongitudeAsync(page);

        await page.Tab.Keyboard.PressAsync(before > 0 ? "ArrowLeft" : "ArrowRight");

        var after = await FocusedLongitudeAsync(page);
        Assert.True(before > 0 ? after < before : after > before);
    }

    private static Task<double> FocusedLongitudeAsync(OpenPage page) =>
        page.Tab.EvaluateAsync<double>("Number(document.activeElement.getAttribute('cx')) / 4 - 180");
}
