using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

/// <summary>
/// Every view, on a phone and on a desk, in light and dark, is measured. With the variable PAGE_PICTURES each is also
/// photographed into that folder, for people to look at.
/// </summary>
[Collection(nameof(PageCollection))]
public sealed class LayoutTests(PageFixture fixture)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("PAGE_PICTURES");

    public static TheoryData<string, int> Views =>
        new(LayoutViews.Names.SelectMany(view => new[] { 390, 1400 }.Select(width => (view, width))));

    [Theory]
    [MemberData(nameof(Views))]
    public async Task A_view_is_readable_without_overlaps_overflow_or_rows_too_high(string view, int width)
    {
        await using var page = await new LayoutViews(fixture).OpenAsync(view, width);
        var isPhone = width < 600;
        var rows = new Dictionary<string, int>
        {
            [".top"] = isPhone ? 110 : 60,
            [".message summary"] = isPhone ? 90 : 40,
            ["tbody tr"] = 40,
            [".failure"] = isPhone ? 460 : 240,
            [".facts div"] = isPhone ? 200 : 80,
            ["#plugin-cards > *"] = isPhone ? 700 : 600,
            ["#failures-filter"] = isPhone ? 260 : 60,
            [".page-head"] = isPhone ? 180 : 60,
        };
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.Tab.EmulateMediaAsync(new() { ColorScheme = scheme });
            if (Pictures is not null)
            {
                Directory.CreateDirectory(Pictures);
                var name = $"{view}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}.png";
                await page.Tab.ScreenshotAsync(
                    new() { Path = Path.Combine(Pictures, name),
                        FullPage = view is not ("live" or "saved" or "docs") });
            }

            var limits = new { minFontPx = 11, minTargetPx = view == "docs" ? 0 : isPhone ? 24 : 20, rows };
            var script = view == "docs"
                ? "() => document.documentElement.scrollWidth > innerWidth ? ['the document is too wide'] : []"
                    : LayoutScript.Source;
            var findings = await page.Tab.EvaluateAsync<string[]>(script, limits);
            Assert.True(findings.Length == 0, $"{view} at {width} px, {scheme}:\n{string.Join('\n', findings)}");
        }
    }
}
