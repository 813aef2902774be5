using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class AppearanceTests(PageFixture fixture)
{
    public static TheoryData<string, string> Sections => new()
    {
        { "live", "Live" }, { "saved", "Saved" }, { "charts", "Charts" }, { "map", "Map" },
        { "failures", "Failures" }, { "plugins", "Plugins" }, { "ledger", "Ledger" },
    };

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task A_section_is_no_wider_than_a_phone_and_complains_of_nothing(string section, string title)
    {
        await using var page = await fixture.OpenAsync(
            section,
            options: new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
            });
        await page.WaitUntilLiveAsync();
        await page.PostAsync($$"""{"text":"{{new string('w', 5_000)}}"}""");

        await Assertions
            .Expect(page.Tab.GetByRole(AriaRole.Heading, new() { Name = title, Level = 1 }))
            .ToBeVisibleAsync();
        await page.Tab.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Assert.Equal(0, await page.OverflowAsync());
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task A_section_is_reached_with_the_keyboard_alone(string section, string title)
    {
        await using var page = await fixture.OpenAsync(section == "live" ? "ledger" : "live");
        await page.WaitUntilLiveAsync();
        var link = page.Tab.GetByRole(AriaRole.Link, new() { Name = title, Exact = true });

        for (
            var presses = 0;
            presses < 10 && !await link.EvaluateAsync<bool>("link => link === document.activeElement");
            presses++)
            await page.Tab.Keyboard.PressAsync("Tab");
        await Assertions.Expect(link).ToBeFocusedAsync();
        await page.Tab.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Tab.Locator($"#{section} h1")).ToBeFocusedAsync();
        await Assertions.Expect(link).ToHaveAttributeAsync("aria-current", "page");
        await Assertions.Expect(page.Tab).ToHaveTitleAsync($"{title} – Tributary");
    }

    [Fact]
    public async Task The_first_tab_stop_skips_to_the_content()
    {
        await using var page = await fixture.OpenAsync("live");
        await page.WaitUntilLiveAsync();
        await page.Tab.Keyboard.PressAsync("Tab");
        await page.Tab.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Tab.Locator("#main")).ToBeFocusedAsync();
        await Assertions.Expect(page.Tab.Locator("#live")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_page_follows_the_systems_scheme_until_one_is_chosen_and_remembers_the_choice()
    {
        await using var page = await fixture.OpenAsync("live", options: new() { ColorScheme = ColorScheme.Dark });
        Assert.True(await BrightnessAsync(page) < 60);

        var theme = page.Tab.Locator("#theme");
        await Assertions.Expect(theme).ToHaveAttributeAsync("aria-label", "Theme: system");
        await theme.ClickAsync();
        await Assertions.Expect(theme).ToHaveAttributeAsync("aria-label", "Theme: light");
        Assert.True(await BrightnessAsync(page) > 200);

        await page.Tab.ReloadAsync();
        await Assertions.Expect(theme).ToHaveAttributeAsync("aria-label", "Theme: light");
        Assert.True(await BrightnessAsync(page) > 200);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_stands_out_from_its_ground_by_four_and_a_half_to_one(ColorScheme scheme)
    {
        await using var page = await fixture.OpenAsync("live", options: new() { ColorScheme = scheme });
        var worst = await page.Tab.EvaluateAsync<double>(ContrastScript);
        Assert.True(worst >= 4.5, $"The weakest pair of colours has {worst:0.00}:1.");
    }

    [Fact]
    public async Task Nothing_is_asked_of_any_other_host()
    {
        await using var page = await fixture.OpenAsync("live");
        foreach (var (section, _) in Sections.Select(each => each.Data))
            await page.Tab.EvaluateAsync($"location.hash = '#/{section}'");
        await page.Tab.WaitForLoadStateAsync(LoadState.NetworkIdle);

        Assert.NotEmpty(page.Requests);
        Assert.All(page.Requests, request => Assert.Equal(fixture.Server.Address.Authority, request.Authority));
    }

    [Fact]
    public async Task The_browser_is_told_to_run_and_load_nothing_but_the_servers_own_files()
    {
        await using var page = await fixture.OpenAsync("live");
        var answer = await page.Tab.ReloadAsync();
        Assert.Contains(
            "default-src 'self'", await answer!.HeaderValueAsync("content-security-policy"), StringComparison.Ordinal);
        await page.WaitUntilLiveAsync();
        Assert.Empty(page.Complaints);
    }

    /// <summary>The mean of the page's background channels, 0 to 255.</summary>
    private static Task<double> BrightnessAsync(OpenPage page) => page.Tab.EvaluateAsync<double>(
        "getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, each) => "
        + "sum + Number(each), 0) / 3");

    /// <summary>WCAG 2.2 contrast of every text colour on every ground that it is used on; the smallest.</summary>
    private const string ContrastScript = """
        () => {
          const probe = document.body.appendChild(document.createElement('i'));
          const channels = name => {
            probe.style.color = `var(--${name})`;
            return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
          };
          const luminance = name => {
            const [r, g, b] = channels(name).map(each => each / 255)
              .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (a, b) => {
            const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
            return (high + 0.05) / (low + 0.05);
          };
          const pairs = ['ink', 'muted', 'accent', 'good', 'warn', 'bad', 'text-value']
            .flatMap(text => ['paper', 'surface', 'sunken'].map(ground => contrast(text, ground)));
          return Math.min(
            ...pairs, contrast('on-accent', 'accent'), contrast('paper', 'ink'), contrast('muted', 'sea'));
        }
        """;
}
