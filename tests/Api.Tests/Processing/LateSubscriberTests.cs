using Tributary.Api.Tests.GraphQL;
using Tributary.Feed;

namespace Tributary.Api.Tests.Processing;

/// <summary>A look at the store that others began before a subscriber came shows it what it has.</summary>
public sealed class LateSubscriberTests(ProcessingFixture fixture) : IClassFixture<ProcessingFixture>
{
    private const string Feed = "subscription($after: String) { failureRaised(after: $after) { failure { itemId } } }";

    [Fact]
    public async Task A_subscriber_that_comes_while_others_wait_is_not_told_of_what_was_before_it()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        content.Write("bad", "bad");
        using var first = await EventSubscription.OpenAsync(server, Feed, new { after = Cursor.Start });
        EventSubscription? late = null;
        for (var n = 0; n < 12; n++)
        {
            await server.ReferAsync($"i-{n}", "bad");
            await server.LedgerIsAsync(completed: 0, parked: n + 1);
            // The first one still waits for a look that begins before this failure, which lies before the end.
            var end = (await server.GetAsync("/api/v1/messages?offset=0&limit=1")).GetProperty("cursor").GetString();
            var next = await EventSubscription.OpenAsync(server, Feed, new { after = end });
            Assert.Equal($"i-{n}", await ItemAsync(first));
            if (late is not null)
                Assert.Equal($"i-{n}", await ItemAsync(late));
            late?.Dispose();
            late = next;
        }

        late!.Dispose();
    }

    private static async Task<string?> ItemAsync(EventSubscription feed) =>
        (await feed.NextAsync("failureRaised")).GetProperty("failure").GetProperty("itemId").GetString();
}
