using System.Net.WebSockets;
using System.Text.Json;
using Tributary.Api.Tests.Support;
using Tributary.Feed;

namespace Tributary.Api.Tests.Live;

public class FeedSocketTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Committed_messages_arrive_as_posted()
    {
        using var feed = await FeedClient.ConnectAsync(Server);
        await Server.AcceptAsync("""{ "live" : 1e400 }""");

        Assert.Equal("""{ "live" : 1e400 }""", await feed.ReadAsync());
    }

    [Fact]
    public async Task A_replay_goes_on_live_without_a_gap_or_a_repeat()
    {
        await using var server = await RunningServer.StartAsync();
        var cursors = new List<string>();
        for (var n = 0; n < 50; n++)
            cursors.Add((await server.AcceptAsync($"{{\"n\":{n}}}")).Cursor);
        var posting = Task.Run(async () =>
        {
            for (var n = 50; n < 300; n++)
                await server.AcceptAsync($"{{\"n\":{n}}}");
        });
        var clients = new List<(int From, FeedClient Client)>();
        for (var after = 0; after < 50; after += 10)
            clients.Add((after + 1, await FeedClient.ConnectAsync(server, $"?after={cursors[after]}")));
        clients.Add((0, await FeedClient.ConnectAsync(server, "?after=start")));

        foreach (var (from, client) in clients)
        {
            Assert.Equal(
                Enumerable.Range(from, 300 - from).Select(n => $"{{\"n\":{n}}}"), await client.ReadAsync(300 - from));
            client.Dispose();
        }

        await posting;
    }

    [Fact]
    public async Task With_cursors_each_frame_says_where_to_go_on_and_the_first_says_where_the_feed_begins()
    {
        using var feed = await FeedClient.ConnectAsync(Server, "?cursors=1");
        var beginning = JsonElement.Parse((await feed.ReadAsync())!);
        var receipt = await Server.AcceptAsync("""{"c":1}""");
        var frame = await feed.ReadAsync();

        Assert.Equal($"{{\"cursor\":\"{receipt.Cursor}\",\"message\":{{\"c\":1}}}}", frame);
        Assert.Equal("""{"c":1}""", (await Server.ReadAllAsync(beginning.GetProperty("cursor").GetString()!))[0]);
        await Server.AcceptAsync("""{"c":2}""");
        using var resumed = await FeedClient.ConnectAsync(Server, $"?after={receipt.Cursor}");
        Assert.Equal("""{"c":2}""", await resumed.ReadAsync());
    }

    [Fact]
    public async Task A_consumer_that_is_too_slow_is_closed_with_4008_and_can_resume()
    {
        // What the kernel buffers hides slowness, so the frames are large.
        await using var server = await RunningServer.StartAsync(
            new ApiOptions { CloseTimeout = TimeSpan.FromSeconds(20) }, new FeedOptions { MaxWaitingCount = 8 });
        using var slow = await FeedClient.ConnectAsync(server, "?cursors=1");
        using var fast = await FeedClient.ConnectAsync(server);
        var fastReading = fast.ReadAsync(60);
        var padding = new string('x', 500_000);
        for (var n = 0; n < 60; n++)
            await server.AcceptAsync($"{{\"n\":{n},\"x\":\"{padding}\"}}");
        Assert.Equal(60, (await fastReading).Count);

        var seen = new List<int>();
        string? last = null;
        while (await slow.ReadAsync() is { } frame)
        {
            var fields = JsonElement.Parse(frame);
            last = fields.GetProperty("cursor").GetString();
            if (fields.TryGetProperty("message", out var message))
                seen.Add(message.GetProperty("n").GetInt32());
        }

        Assert.Equal(4008, (int)slow.CloseStatus!);
        Assert.EndsWith($"after={last}", slow.CloseReason);
        Assert.InRange(seen.Count, 1, 59);
        using var resumed = await FeedClient.ConnectAsync(server, $"?after={last}");
        seen.AddRange(
            (await resumed.ReadAsync(60 - seen.Count)).Select(frame =>
                JsonElement.Parse(frame).GetProperty("n").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 60), seen);
    }

    [Theory]
    [InlineData("?after=nonsense", "nonsense")]
    [InlineData("?after=start&cursors=maybe", "maybe")]
    [InlineData("?unknown=1", "unknown")]
    public async Task Bad_parameters_close_with_4400_and_say_why(string query, string says)
    {
        using var feed = await FeedClient.ConnectAsync(Server, query);

        Assert.Null(await feed.ReadAsync());
        Assert.Equal(4400, (int)feed.CloseStatus!);
        Assert.Contains(says, feed.CloseReason);
    }

    [Fact]
    public async Task A_server_that_stops_says_so_with_1001()
    {
        await using var server = await RunningServer.StartAsync();
        using var feed = await FeedClient.ConnectAsync(server);
        await server.AcceptAsync("{}");
        Assert.Equal("{}", await feed.ReadAsync());
        var stopping = server.StopAsync();

        Assert.Null(await feed.ReadAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, feed.CloseStatus);
        await feed.CloseAsync();
        await stopping;
    }

    [Fact]
    public async Task What_a_client_sends_is_ignored_until_it_is_too_large()
    {
        using var feed = await FeedClient.ConnectAsync(Server);
        await feed.SendAsync("hello"u8.ToArray());
        await Server.AcceptAsync("""{"ignored":true}""");
        Assert.Equal("""{"ignored":true}""", await feed.ReadAsync());
        await feed.SendAsync(new byte[5_000].Select(_ => (byte)'a').ToArray());

        Assert.Null(await feed.ReadAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, feed.CloseStatus);
    }

    [Fact]
    public async Task A_client_that_closes_is_answered()
    {
        using var feed = await FeedClient.ConnectAsync(Server);
        await feed.CloseAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, feed.CloseStatus);
    }

    [Fact]
    public async Task Pages_of_other_origins_may_not_listen()
    {
        var error = await Assert.ThrowsAsync<WebSocketException>(() => FeedClient.ConnectAsync(
            Server, origin: "http://evil.example", options: options => options.CollectHttpResponseDetails = true));
        Assert.Contains("403", error.Message);
        using var own = await FeedClient.ConnectAsync(Server, origin: $"http://{Server.Address.Authority}");
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        using var response = await Server.Http.GetAsync("/ws/v1/");

        await response.IsProblemAsync(426, "upgrade_required");
    }
}
