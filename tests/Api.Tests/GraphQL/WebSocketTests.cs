using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Tributary.Feed;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>The platform's own schema over <c>graphql-transport-ws</c>.</summary>
public abstract class WebSocketTests(GraphQLServerFixture fixture)
{
    private const string Publish =
        "mutation($body: String!) { publish(input: {body: $body, itemPointer: \"/city\", source: \"ws\"}) { receipt { "
        + "cursor item { messageCount } } error { code } } }";

    [Fact]
    public async Task Everything_goes_over_one_socket()
    {
        await using var server = await fixture.NewServerAsync();
        using var socket = await GraphQLSocket.OpenAsync(server);
        await socket.SubscribeAsync(
            "messages",
            "subscription { messageReceived(after: \"start\") { cursor itemSequence body item { itemId } } }");
        var cursors = new List<string>();
        for (var n = 1; n <= 5; n++)
        {
            await socket.SubscribeAsync(
                "publish",
                Publish,
                new { body = string.Create(CultureInfo.InvariantCulture, $$"""{"city":"Ulm","v":{{n}}}""") });
            // The answer of the mutation and the message of the subscription come in any order.
            var received = new Dictionary<string, JsonElement>();
            while (received.Count < 3)
            {
                var message = await socket.ReceiveAsync();
                received.Add(
                    message.GetProperty("id").GetString() + " " + message.GetProperty("type").GetString(), message);
            }

            var receipt = received["publish next"]
                .GetProperty("payload")
                .GetProperty("data")
                .GetProperty("publish")
                .GetProperty("receipt");
            Assert.Equal(n, receipt.GetProperty("item").GetProperty("messageCount").GetInt32());
            Assert.True(received.ContainsKey("publish complete"));
            var event1 = received["messages next"]
                .GetProperty("payload")
                .GetProperty("data")
                .GetProperty("messageReceived");
            Assert.Equal(n, event1.GetProperty("body").GetProperty("v").GetInt32());
            Assert.Equal("Ulm", event1.GetProperty("item").GetProperty("itemId").GetString());
            Assert.Equal(receipt.GetProperty("cursor").GetString(), event1.GetProperty("cursor").GetString());
            cursors.Add(event1.GetProperty("cursor").GetString()!);
        }

        await socket.SubscribeAsync(
            "query",
            "{ aggregate(name: \"cities\", group: [\"Ulm\"]) { count messages(last: 1) { nodes { body } } } }");
        var ulm = (await socket.NextAsync("query")).GetProperty("data").GetProperty("aggregate");
        Assert.Equal(
            (5, 5),
            (
                ulm.GetProperty("count").GetInt32(),
                ulm.GetProperty("messages").GetProperty("nodes")[0].GetProperty("body").GetProperty("v").GetInt32()));
        Assert.Equal("complete", (await socket.ReceiveAsync()).GetProperty("type").GetString());

        await socket.CompleteAsync("messages");
        await socket.SubscribeAsync(
            "resumed",
            "subscription($after: String) { messageReceived(after: $after) { body } }",
            new { after = cursors[2] });
        foreach (var n in (int[])[4, 5])
            Assert.Equal(
                n,
                (await socket.NextAsync("resumed"))
                    .GetProperty("data")
                    .GetProperty("messageReceived")
                    .GetProperty("body")
                    .GetProperty("v")
                    .GetInt32());

        await socket.SubscribeAsync("refused", "subscription { messageReceived(after: \"nonsense\") { body } }");
        var refused = await socket.ReceiveAsync();
        Assert.Equal(
            ("refused", "error"), (refused.GetProperty("id").GetString(), refused.GetProperty("type").GetString()));
        refused.GetProperty("payload")[0].IsError("cursor_invalid", "nonsense");
    }

    [Fact]
    public async Task A_server_that_stops_says_where_to_resume_and_closes_with_1001()
    {
        await using var server = await fixture.NewServerAsync();
        var last = await server.AcceptAsync("""{"city":"Ulm","v":1}""");
        using var idle = await GraphQLSocket.OpenAsync(server);
        using var socket = await GraphQLSocket.OpenAsync(server);
        await socket.SubscribeAsync(
            "1",
            "subscription($after: String) { messageReceived(after: $after) { body } }",
            new { after = Cursor.Start });
        await socket.NextAsync("1");
        await socket.SubscribeAsync(
            "2", "subscription { aggregateChanged(name: \"cities\", group: [\"Ulm\"]) { count } }");
        await socket.NextAsync("2");
        var stopping = server.StopAsync();

        var answers = new Dictionary<string, JsonElement>();
        while (await socket.TryReceiveAsync() is { } message)
            answers.Add(message.GetProperty("type").GetString() + " " + message.GetProperty("id").GetString(), message);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.Null(await idle.TryReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, idle.CloseStatus);
        Assert.Equal(["complete 1", "complete 2", "next 1", "next 2"], answers.Keys.Order(StringComparer.Ordinal));
        var told = answers["next 1"].GetProperty("payload").GetProperty("errors")[0].IsError("stopping", "Resume");
        Assert.Equal(last.Cursor, told.GetProperty("extensions").GetProperty("cursor").GetString());
        answers["next 2"].GetProperty("payload").GetProperty("errors")[0].IsError("stopping", "the state comes first");
        await stopping;
    }
}

public sealed class SqliteWebSocketTests(GraphQLServerFixture fixture)
    : WebSocketTests(fixture),
        IClassFixture<GraphQLServerFixture>;

public sealed class PostgresWebSocketTests(PostgresGraphQLFixture fixture)
    : WebSocketTests(fixture),
        IClassFixture<PostgresGraphQLFixture>;
