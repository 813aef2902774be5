using Tributary.Api.Tests.GraphQL;
using Tributary.Feed;

namespace Tributary.Api.Tests.Processing;

public abstract class FailureFeedTests(ProcessingFixture fixture)
{
    private const string Feed =
        "subscription($after: String) { failureRaised(after: $after) { cursor failure { itemId plugin status step "
        + "attempts error message { itemId } } } }";

    [Fact]
    public async Task A_subscriber_that_comes_back_again_and_again_has_every_failure_once()
    {
        var (server, _) = await fixture.NewServerAsync();
        await using var owned = server;
        for (var n = 0; n < 20; n++)
            await server.ReferAsync($"i-{n}", "missing");
        await server.LedgerIsAsync(completed: 0, retrying: 20);
        var posting = Task.Run(async () =>
        {
            for (var n = 20; n < 60; n++)
                await server.ReferAsync($"i-{n}", "missing");
        });

        var seen = new List<string>();
        var after = Cursor.Start;
        while (seen.Count < 60)
        {
            using var feed = await EventSubscription.OpenAsync(server, Feed, new { after });
            for (var taken = 0; taken < 7 && seen.Count < 60; taken++)
            {
                var raised = await feed.NextAsync("failureRaised");
                seen.Add(raised.GetProperty("failure").GetProperty("itemId").GetString()!);
                Assert.Equal(
                    seen[^1], raised.GetProperty("failure").GetProperty("message").GetProperty("itemId").GetString());
                after = raised.GetProperty("cursor").GetString()!;
            }
        }

        await posting;
        Assert.Equal(Enumerable.Range(0, 60).Select(n => $"i-{n}").Order(), seen.Order());
    }

    [Fact]
    public async Task Subscribers_that_have_all_are_told_of_what_fails_next_each_once()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        await server.ReferAsync("before", "missing");
        await server.LedgerIsAsync(completed: 0, retrying: 1);
        var feeds = new List<EventSubscription>();
        for (var n = 0; n < 10; n++)
            feeds.Add(await EventSubscription.OpenAsync(server, Feed, new { after = Cursor.Start }));
        foreach (var feed in feeds)
            Assert.Equal(
                "before",
                (await feed.NextAsync("failureRaised")).GetProperty("failure").GetProperty("itemId").GetString());

        content.Write("bad", "bad");
        for (var n = 0; n < 5; n++)
        {
            await server.ReferAsync($"i-{n}", "bad");
            foreach (var feed in feeds)
            {
                var failure = (await feed.NextAsync("failureRaised")).GetProperty("failure");
                Assert.Equal(
                    $$$"""{"itemId":"i-{{{n}}}","plugin":"judge","status":"PARKED","step":"EXECUTE","attempts":1,"error":"plugin_failed: The text is bad.","message":{"itemId":"i-{{{n}}}"}}""",
                    failure.GetRawText());
            }
        }

        foreach (var feed in feeds)
            feed.Dispose();
    }

    [Fact]
    public async Task A_server_that_stops_says_where_to_resume()
    {
        var (server, _) = await fixture.NewServerAsync();
        await using var owned = server;
        await server.ReferAsync("i", "missing");
        using var feed = await EventSubscription.OpenAsync(server, Feed, new { after = Cursor.Start });
        await feed.NextAsync("failureRaised");
        var stopping = server.StopAsync();

        var error = (await feed.NextAsync())!.Value.GetProperty("errors")[0].IsError("stopping", "Resume");
        Assert.Equal(Cursor.TextLength, error.GetProperty("extensions").GetProperty("cursor").GetString()!.Length);
        Assert.Null(await feed.NextAsync());
        await stopping;
    }

    [Fact]
    public async Task A_cursor_that_is_none_is_refused()
    {
        using var feed = await EventSubscription.OpenAsync(fixture.Server, Feed, new { after = "nonsense" });

        (await feed.NextAsync())!.Value.GetProperty("errors")[0].IsError("cursor_invalid", "nonsense");
        Assert.Null(await feed.NextAsync());
    }
}

public sealed class SqliteFailureFeedTests(ProcessingFixture fixture)
    : FailureFeedTests(fixture),
        IClassFixture<ProcessingFixture>;

public sealed class PostgresFailureFeedTests(PostgresProcessingFixture fixture)
    : FailureFeedTests(fixture),
        IClassFixture<PostgresProcessingFixture>;
