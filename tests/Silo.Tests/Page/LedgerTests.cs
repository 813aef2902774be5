using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class LedgerTests(PageFixture fixture)
{
    [Fact]
    public async Task The_ledger_shows_the_sum_that_balances_and_counts_the_rows_again_on_demand()
    {
        await using var page = await fixture.OpenAsync("ledger");
        using var ledger = JsonDocument.Parse(await page.GetAsync("api/v1/ledger"));
        var accepted = ledger
            .RootElement.GetProperty("accepted")
            .GetInt64()
            .ToString("N0", CultureInfo.InvariantCulture);

        await Assertions.Expect(page.Tab.Locator("#ledger-sum > .ledger-term strong")).ToHaveTextAsync(accepted);
        await Assertions.Expect(page.Tab.Locator("#ledger-verdict")).ToHaveTextAsync("The books balance.");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
        await Assertions
            .Expect(page.Tab.Locator("#ledger-recount"))
            .ToHaveTextAsync($"Counted again, row by row: {accepted} accepted, and every status agrees.");
    }

    [Fact]
    public async Task A_ledger_that_does_not_balance_is_called_that()
    {
        const string Broken =
            """{"accepted":3,"completed":1,"skipped":0,"processing":0,"retrying":0,"parked":1,"balances":false,"bySource":{},"recount":null,"matches":true}""";
        await using var page = await fixture.OpenAsync("ledger", prepare: tab =>
            tab.RouteAsync("**/api/v1/ledger*", route =>
                route.FulfillAsync(new() { ContentType = "application/json", Body = Broken })));

        await Assertions.Expect(page.Tab.Locator("#ledger-verdict")).ToHaveTextAsync("The books do not balance.");
    }
}
