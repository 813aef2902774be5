using System.Text.Json;
using Tributary.Api.Tests.GraphQL;
using Tributary.Api.Tests.Support;
using Tributary.Silo.Configuration;

namespace Tributary.Api.Tests.Processing;

/// <summary>Feeds of states tell of what became of messages, however much later than the messages came.</summary>
public abstract class ResultFeedTests(ProcessingFixture fixture)
{
    private const string Retry = "mutation { retry(filter: {}) { changedCount } }";
    protected const string ItemFeed =
        "subscription { itemChanged(id: \"i\") { messageCount failures { error } records(plugin: \"judge\") { document "
        + "} } }";
    protected const string AggregateFeed =
        "subscription { aggregateChanged(name: \"verdicts\", group: [\"good\"]) { count } }";

    [Fact]
    public async Task An_item_is_shown_when_a_message_fails_and_when_it_is_completed()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        using var feed = await EventSubscription.OpenAsync(server, ItemFeed);
        await ShowsAsync(server, server, content, feed);
    }

    [Fact]
    public async Task An_aggregate_of_a_plugin_is_shown_as_it_grows()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        content.Write("good", "good");
        using var feed = await EventSubscription.OpenAsync(server, AggregateFeed);
        await GrowsAsync(server, feed);
    }

    private protected static async Task ShowsAsync(
        RunningServer silo, RunningServer shown, ContentFolder content, EventSubscription feed)
    {
        await silo.ReferAsync("i", "late");
        await feed.UntilAsync("itemChanged", item => item.GetProperty("failures").GetArrayLength() == 1);
        content.Write("late", "good");
        await silo.DataAsync(Retry);
        var done = await feed.UntilAsync("itemChanged", item =>
            item.GetProperty("failures").GetArrayLength() == 0 && item.GetProperty("records").GetArrayLength() == 1);
        Assert.Equal("good", done.GetProperty("records")[0].GetProperty("document").GetProperty("kind").GetString());
        Assert.Equal(1, done.GetProperty("messageCount").GetInt32());
        Assert.Equal(
            """{"nodes":[{"itemId":"i"}]}""",
            (await shown.DataAsync("{ records(plugin: \"judge\") { nodes { itemId } } }"))
                .GetProperty("records")
                .GetRawText());
    }

    private protected static async Task GrowsAsync(RunningServer silo, EventSubscription feed)
    {
        var counts = new List<int>();
        for (var n = 1; n <= 5; n++)
        {
            await silo.ReferAsync($"i-{n}", "good");
            await feed.UntilAsync("aggregateChanged", aggregate =>
            {
                counts.Add(aggregate.GetProperty("count").GetInt32());
                return counts[^1] == n;
            });
        }

        Assert.Equal([1, 2, 3, 4, 5], counts);
    }
}

internal static class EventSubscriptionExtensions
{
    /// <summary>Reads on until a state is as it must become.</summary>
    public static async Task<JsonElement> UntilAsync(
        this EventSubscription feed, string field, Func<JsonElement, bool> isSo)
    {
        while (true)
        {
            var state = await feed.NextAsync(field);
            if (isSo(state))
                return state;
        }
    }
}

public sealed class SqliteResultFeedTests(ProcessingFixture fixture)
    : ResultFeedTests(fixture),
        IClassFixture<ProcessingFixture>;

public sealed class PostgresResultFeedTests(PostgresProcessingFixture fixture)
    : ResultFeedTests(fixture),
        IClassFixture<PostgresProcessingFixture>
{
    [Fact]
    public async Task A_process_without_the_role_silo_shows_what_others_do_and_changes_nothing()
    {
        var database = await fixture.NewDatabaseAsync();
        using var content = new ContentFolder();
        content.Write("good", "good");
        await using var silo = await RunningServer.StartAsync(postgres: database, change: content.Configure);
        await using var reader = await RunningServer.StartAsync(postgres: database, change: config =>
            content.Configure(config) with
            {
                Roles = Roles.Api,
            });
        using var item = await EventSubscription.OpenAsync(reader, ItemFeed);
        using var aggregate = await EventSubscription.OpenAsync(reader, AggregateFeed);

        await GrowsAsync(silo, aggregate);
        await silo.ReferAsync("left", "missing");
        await silo.LedgerIsAsync(completed: 5, retrying: 1);
        var left = await reader.ErrorAsync(
            "mutation { retry(filter: {}) { changedCount } }", "roles_apart", "role silo");
        Assert.Contains("retry", left.GetProperty("path").GetRawText());
        using (var refused = await reader.Http.PostAsync("/api/v1/failures/retry", null))
            await refused.IsProblemAsync(501, "roles_apart", "both roles");
        using (var refused = await reader.PostAsync("{\"id\":\"i\"}"))
            await refused.IsProblemAsync(501, "roles_apart", "both roles");
        Assert.Equal(
            5,
            (
                await reader.DataAsync(
                    "{ aggregate(name: \"verdicts\", group: [\"good\"]) { messages { nodes { itemId } } } }"))
                .GetProperty("aggregate")
                .GetProperty("messages")
                .GetProperty("nodes")
                .GetArrayLength());
        Assert.Equal(
            "left",
            (await reader.GetAsync("/api/v1/failures")).GetProperty("failures")[0].GetProperty("item").GetString());
        await silo.ReferAsync("i", "good");
        await item.UntilAsync("itemChanged", one => one.GetProperty("records").GetArrayLength() == 1);
    }
}
