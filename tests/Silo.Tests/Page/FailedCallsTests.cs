using Microsoft.Playwright;
using Tributary.Silo.Tests.Running;

namespace Tributary.Silo.Tests.Page;

/// <summary>Failed calls between grains on the page: made again by row, by selection and all at once.</summary>
[Collection(nameof(PageCollection))]
public sealed class FailedCallsTests(PageFixture fixture)
{
    // Two that end well, one that throws again, and one whose method this build does not know.
    private const string Rows = """
        insert into failures(id, failed_at, partition, type, key, method, arguments, error) values
            (X'01a00000000070008000000000000001', 0, 0, 'dedupe', 'external-ids', 'Ensure', X'5b5d',
              'TimeoutException: The first.'),
            (X'01a00000000070008000000000000002', 0, 0, 'dedupe', 'external-ids', 'Ensure', X'5b5d',
              'TimeoutException: The second.'),
            (X'01a00000000070008000000000000003', 0, 0, 'item', 's-7', 'Retry', X'5b6e756c6c5d',
              'TimeoutException: The third.'),
            (X'01a00000000070008000000000000004', 0, 0, 'item', 's-8', 'Gone', X'5b5d', 'TimeoutException: The fourth.')
        """;

    [Fact]
    public async Task Failed_calls_are_made_again_with_the_keyboard_by_row_by_selection_and_all_at_once()
    {
        await using var server = await TributaryProcess
            .StartNewAsync(isDemo: false, TestContext.Current.CancellationToken);
        await FailAsync(server);
        await using var page = await fixture.OpenAsync("failures", server);
        var calls = page.Tab.Locator("#calls-list > li");
        var result = page.Tab.Locator("#calls-result");
        await Assertions.Expect(calls).ToHaveCountAsync(4);
        await Assertions.Expect(calls.First).ToContainTextAsync("The fourth.");
        await Assertions.Expect(page.Tab.Locator("#held")).ToBeHiddenAsync();

        await calls.Filter(new() { HasText = "The first." }).GetByRole(AriaRole.Button).FocusAsync();
        await page.Tab.Keyboard.PressAsync("Enter");
        await Assertions.Expect(result).ToHaveTextAsync("Made again.");
        await Assertions.Expect(calls).ToHaveCountAsync(3);

        var box = calls.Filter(new() { HasText = "The third." }).GetByRole(AriaRole.Checkbox);
        await box.FocusAsync();
        await page.Tab.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.Tab.Locator("#calls-selected")).ToHaveTextAsync("1 selected");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Make selected again" }).ClickAsync();
        await Assertions.Expect(result).ToHaveTextAsync("It failed again, and is in the list as a new entry.");
        await Assertions.Expect(calls.First).ToContainTextAsync("NullReferenceException");
        await Assertions.Expect(calls.First).ToContainTextAsync("2 attempts");

        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Make all again" }).ClickAsync();
        await Assertions.Expect(result)
            .ToHaveTextAsync("1 call made again. 1 call failed again. 1 call waits for a build that can make it.");
        await Assertions.Expect(calls).ToHaveCountAsync(1);
        await Assertions.Expect(calls.First).ToContainTextAsync("3 attempts");
        await Assertions.Expect(page.Tab.Locator("#held-counts > li"))
            .ToHaveTextAsync("1 call of the grain type item: grain_method_unknown");
        await Assertions.Expect(page.Tab.Locator("#held-list > li"))
            .ToContainTextAsync("has no method 'Gone' in this build");
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1400)]
    public async Task The_lists_fit_the_window(int width)
    {
        await using var server = await TributaryProcess
            .StartNewAsync(isDemo: false, TestContext.Current.CancellationToken);
        await FailAsync(server);
        await using var page = await fixture
            .OpenAsync("failures", server, new() { ViewportSize = new() { Width = width, Height = 900 } });
        var calls = page.Tab.Locator("#calls-list > li");
        await Assertions.Expect(calls).ToHaveCountAsync(4);
        await calls.Filter(new() { HasText = "The fourth." }).GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(page.Tab.Locator("#held-list > li")).ToHaveCountAsync(1);

        Assert.True(await page.OverflowAsync() <= 0, $"The page is wider than {width} px.");
        var box = (await calls.First.BoundingBoxAsync())!;
        Assert.True(box.Height < (width < 800 ? 220 : 110), $"A row is {box.Height} px tall.");
        await page.Tab.ScreenshotAsync(
            new() { Path = Path.Combine(AppContext.BaseDirectory, $"failed-calls-{width}.png"), FullPage = true });
    }

    private static async Task FailAsync(TributaryProcess server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(0, await server.StopAsync(cancellation));
        StoredRows.ExecuteSqlite(server.DataDirectory, Rows);
        await server.StartAsync(cancellation);
    }
}
