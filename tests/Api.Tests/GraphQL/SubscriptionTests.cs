using Tributary.Feed;

namespace Tributary.Api.Tests.GraphQL;

public abstract class SubscriptionTests(GraphQLServerFixture fixture)
{
    private const string Messages = "subscription($after: String) { messageReceived(after: $after) { body cursor } }";

    [Fact]
    public async Task A_subscriber_that_comes_back_again_and_again_has_every_message_once_and_in_order()
    {
        await using var server = await fixture.NewServerAsync();
        for (var n = 0; n < 40; n++)
            await server.AcceptAsync($"{{\"n\":{n}}}");
        var posting = Task.Run(async () =>
        {
            for (var n = 40; n < 200; n++)
                await server.AcceptAsync($"{{\"n\":{n}}}");
        });

        var seen = new List<int>();
        var after = Cursor.Start;
        while (seen.Count < 200)
        {
            using var feed = await EventSubscription.OpenAsync(server, Messages, new { after });
            for (var taken = 0; taken < 23 && seen.Count < 200; taken++)
            {
                var message = await feed.NextAsync("messageReceived");
                seen.Add(message.GetProperty("body").GetProperty("n").GetInt32());
                after = message.GetProperty("cursor").GetString()!;
            }
        }

        await posting;
        Assert.Equal(Enumerable.Range(0, 200), seen);
    }

    [Fact]
    public async Task A_filter_lets_through_what_a_search_would_find()
    {
        using var feed = await EventSubscription.OpenAsync(
            fixture.Server,
                """subscription { messageReceived(after: "start", filter: {source: "sub", body: {path: "/v", gt: 5}}) { body item { itemId } } }""");
        foreach (var (source, v) in new[] { ("sub", 5), ("other", 6), ("sub", 7), ("sub", 4), ("sub", 8) })
            await fixture.Server.AcceptAsync($$"""{"v":{{v}}}""", $"/api/v1/messages?source={source}");

        Assert.Equal(7, (await feed.NextAsync("messageReceived")).GetProperty("body").GetProperty("v").GetInt32());
        Assert.Equal(8, (await feed.NextAsync("messageReceived")).GetProperty("body").GetProperty("v").GetInt32());
    }

    [Fact]
    public async Task An_item_is_shown_as_it_is_and_then_as_it_changes()
    {
        await PublishAsync("""{"id":"s-1"}""");
        using var feed = await EventSubscription.OpenAsync(
            fixture.Server, """subscription { itemChanged(id: "s-1") { messageCount } }""");
        Assert.Equal(1, (await feed.NextAsync("itemChanged")).GetProperty("messageCount").GetInt64());

        await PublishAsync("""{"id":"s-2"}""");
        await PublishAsync("""{"id":"s-1"}""");
        Assert.Equal(2, (await feed.NextAsync("itemChanged")).GetProperty("messageCount").GetInt64());
        for (var n = 0; n < 20; n++)
            await PublishAsync("""{"id":"s-1"}""");

        // Coalesced: counts rise and end at the last, however many there are.
        var counts = new List<long> { 2 };
        while (counts[^1] < 22)
            counts.Add((await feed.NextAsync("itemChanged")).GetProperty("messageCount").GetInt64());
        Assert.Equal(counts.Distinct().Order(), counts);
    }

    [Fact]
    public async Task An_aggregate_is_shown_as_it_is_and_then_as_it_changes()
    {
        await fixture.Server.AcceptAsync("""{"city":"Live","v":1}""");
        using var feed = await EventSubscription.OpenAsync(
            fixture.Server, """subscription { aggregateChanged(name: "cities", group: ["Live"]) { count } }""");
        Assert.Equal(1, (await feed.NextAsync("aggregateChanged")).GetProperty("count").GetInt64());
        await fixture.Server.AcceptAsync("""{"city":"Elsewhere","v":1}""");
        await fixture.Server.AcceptAsync("""{"city":"Live","v":2}""");
        Assert.Equal(2, (await feed.NextAsync("aggregateChanged")).GetProperty("count").GetInt64());

        using var windows = await EventSubscription.OpenAsync(
            fixture.Server,
            """subscription { aggregateChanged(name: "days", group: ["Live"]) { count windowStart } }""");
        // A message of the present wakes or is in the first state, whichever comes first.
        await fixture.Server.AcceptAsync(
            $$"""{"city":"Live","v":1,"t":{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}""",
            "/api/v1/messages?source=days");
        Assert.Equal(1, (await windows.NextAsync("aggregateChanged")).GetProperty("count").GetInt64());
        await fixture.Server.AcceptAsync("""{"city":"Live","v":1,"t":1517443200000}""", "/api/v1/messages?source=days");
        Assert.Equal(
            """{"count":1,"windowStart":"2018-02-01T00:00:00Z"}""",
            (await windows.NextAsync("aggregateChanged")).GetRawText());
    }

    [Fact]
    public async Task A_server_that_stops_says_where_to_resume()
    {
        await using var server = await fixture.NewServerAsync();
        var last = await server.AcceptAsync("""{"n":1}""");
        using var feed = await EventSubscription.OpenAsync(server, Messages, new { after = Cursor.Start });
        using var item = await EventSubscription.OpenAsync(
            server, "subscription($id: ID!) { itemChanged(id: $id) { messageCount } }", new { id = last.Item });
        await feed.NextAsync("messageReceived");
        await item.NextAsync("itemChanged");
        var stopping = server.StopAsync();

        var error = (await feed.NextAsync())!.Value.GetProperty("errors")[0].IsError("stopping", "Resume");
        Assert.Equal(last.Cursor, error.GetProperty("extensions").GetProperty("cursor").GetString());
        Assert.Null(await feed.NextAsync());
        (await item.NextAsync())!.Value.GetProperty("errors")[0].IsError("stopping", "the state comes first");
        await stopping;
    }

    [Fact]
    public async Task A_subscription_with_a_bad_cursor_is_refused()
    {
        using var feed = await EventSubscription.OpenAsync(fixture.Server, Messages, new { after = "nonsense" });

        (await feed.NextAsync())!.Value.GetProperty("errors")[0].IsError("cursor_invalid", "nonsense");
        Assert.Null(await feed.NextAsync());
    }

    private async Task PublishAsync(string body) =>
        await fixture.Server.DataAsync(
            "mutation($body: String!) { publish(input: {body: $body, itemPointer: \"/id\"}) { receipt { id } } }",
            new { body });
}

public sealed class SqliteSubscriptionTests(GraphQLServerFixture fixture)
    : SubscriptionTests(fixture),
        IClassFixture<GraphQLServerFixture>;

public sealed class PostgresSubscriptionTests(PostgresGraphQLFixture fixture)
    : SubscriptionTests(fixture),
        IClassFixture<PostgresGraphQLFixture>;
