using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

[Collection(nameof(PageCollection))]
public sealed class ClusterTests(PageFixture fixture)
{
    private const string ThreeSilos = """
        {"silos":[
          {"id":3,"address":"10.0.0.1:11111@7","isLeaving":false,"isCordoned":false,"hasSession":true,"round":40,
           "partitionCount":2,"deferredRowCount":5,
           "silence":null,"roundsPerSecond":12.345,"commitMs":3.25,"inboxDepth":17,
           "activityCount":0,"feedLagMs":null,"moves":[
             {"at":"2026-01-31T12:00:01.5+00:00","kind":"TAKEN","partitionCount":2,"why":"Nobody owned them."}]},
          {"id":5,"address":"10.0.0.3:11111@8","isLeaving":false,"isCordoned":true,"hasSession":true,"round":7,
           "partitionCount":0,"deferredRowCount":0,"silence":null,"roundsPerSecond":1.0,"commitMs":2.0,"inboxDepth":0,
           "activityCount":0,"feedLagMs":null,"moves":[]},
          {"id":4,"address":"10.0.0.2:11111@9","isLeaving":false,"isCordoned":false,"hasSession":true,"round":9,
           "partitionCount":1,"deferredRowCount":0,
           "silence":"It did not answer within 1 s.","roundsPerSecond":null,"commitMs":null,
           "inboxDepth":null,"activityCount":null,"feedLagMs":null,"moves":null}],
         "partitions":[{"id":0,"silo":3,"deferredRowCount":5},{"id":1,"silo":3,"deferredRowCount":0},
          {"id":2,"silo":4,"deferredRowCount":0},{"id":3,"silo":null,"deferredRowCount":0}]}
        """;

    [Fact]
    public async Task The_silo_of_the_page_owns_all_partitions()
    {
        await using var page = await fixture.OpenAsync("cluster");

        await Assertions.Expect(page.Tab.Locator("#cluster-sum")).ToHaveTextAsync("1 silo runs 256 of 256 partitions.");
        await Assertions.Expect(page.Tab.Locator("#cluster-map .cluster-square")).ToHaveCountAsync(256);
        await Assertions.Expect(page.Tab.Locator("#cluster-silos .silo-state")).ToHaveTextAsync("running");
    }

    [Fact]
    public async Task Silos_tell_their_figures_and_moves_and_one_that_is_silent_is_shown_as_such()
    {
        await using var page = await fixture.OpenAsync("cluster", prepare: tab => tab.RouteAsync(
            "**/api/v1/cluster",
            route => route.FulfillAsync(new() { ContentType = "application/json", Body = ThreeSilos })));
        var cards = page.Tab.Locator("#cluster-silos > article");

        await Assertions.Expect(page.Tab.Locator("#cluster-sum")).ToHaveTextAsync("3 silos run 3 of 4 partitions.");
        await Assertions.Expect(Figure(cards.First, "rounds/s")).ToHaveTextAsync("12");
        await Assertions.Expect(Figure(cards.First, "commit")).ToHaveTextAsync("3.3 ms");
        await Assertions.Expect(Figure(cards.First, "calls waiting")).ToHaveTextAsync("17");
        await Assertions.Expect(cards.First).ToContainTextAsync("12:00:01 took 2: Nobody owned them.");
        await Assertions.Expect(cards.Nth(1).Locator(".silo-state")).ToHaveTextAsync("cordoned");
        await Assertions.Expect(cards.Last).ToContainTextAsync("does not answer");
        await Assertions.Expect(cards.Last).ToContainTextAsync("It did not answer within 1 s.");
        await Assertions.Expect(page.Tab.Locator("#cluster-map .is-free")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Tab.Locator("#cluster-map .is-waiting")).ToHaveCountAsync(1);
    }

    private static ILocator Figure(ILocator card, string name) =>
        card.Locator("dl > div").Filter(new() { HasText = name }).Locator("dd");
}
