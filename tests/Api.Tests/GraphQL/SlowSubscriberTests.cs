using System.Net.WebSockets;
using System.Text.Json;
using Tributary.Api.Tests.Support;
using Tributary.Feed;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>A subscriber that does not read while more messages come than may wait for it.</summary>
public class SlowSubscriberTests
{
    /// <summary>Together far more than the kernel's buffers of a connection hold.</summary>
    private const int MessagesCount = 400;
    private const int TextBytes = 64 * 1024;

    private const string Messages = "subscription($after: String) { messageReceived(after: $after) { body cursor } }";

    [Fact]
    public async Task On_an_event_stream_it_is_told_and_resumes_without_a_gap()
    {
        await using var server = await StartAsync();
        var seen = new List<int>();
        string resume;
        using (var slow = await EventSubscription.OpenAsync(server, Messages, new { after = Cursor.Start }))
        {
            seen.Add(NumberOf(await slow.NextAsync("messageReceived")));
            await FloodAsync(server);
            resume = await ReadToEndAsync(async () => (await slow.NextAsync())!.Value, seen);
            Assert.Null(await slow.NextAsync());
        }

        await CheckResumedAsync(server, resume, seen);
    }

    [Fact]
    public async Task On_a_WebSocket_it_is_told_and_resumes_without_a_gap()
    {
        await using var server = await StartAsync();
        var seen = new List<int>();
        string resume;
        using (var slow = await GraphQLSocket.OpenAsync(server))
        {
            await slow.SubscribeAsync("1", Messages, new { after = Cursor.Start });
            seen.Add(NumberOf((await slow.NextAsync("1")).GetProperty("data").GetProperty("messageReceived")));
            await FloodAsync(server);
            resume = await ReadToEndAsync(() => slow.NextAsync("1"), seen);
            Assert.Equal("complete", (await slow.ReceiveAsync()).GetProperty("type").GetString());
            Assert.Equal(WebSocketState.Open, slow.State);
        }

        await CheckResumedAsync(server, resume, seen);
    }

    private static async Task<RunningServer> StartAsync()
    {
        var server = await RunningServer.StartAsync(feed: new FeedOptions { MaxWaitingCount = 20, MaxReadCount = 10 });
        await server.AcceptAsync("""{"n":0}""");
        return server;
    }

    /// <summary>
    /// Done when the feed has given every message to all its subscribers, as one that reads can tell.
    /// </summary>
    private static async Task FloodAsync(RunningServer server)
    {
        using var quick = await EventSubscription.OpenAsync(server, Messages, new { after = Cursor.Start });
        await quick.NextAsync("messageReceived");
        var text = new string('x', TextBytes);
        for (var n = 1; n < MessagesCount; n++)
        {
            await server.AcceptAsync($$"""{"n":{{n}},"text":"{{text}}"}""");
            Assert.Equal(n, NumberOf(await quick.NextAsync("messageReceived")));
        }
    }

    /// <summary>Reads until the subscriber is told; returns where to resume.</summary>
    private static async Task<string> ReadToEndAsync(Func<Task<JsonElement>> next, List<int> seen)
    {
        while (true)
        {
            var answer = await next();
            if (answer.TryGetProperty("errors", out var errors))
                return errors[0]
                    .IsError("too_slow", "Resume")
                    .GetProperty("extensions")
                    .GetProperty("cursor")
                    .GetString()!;
            seen.Add(NumberOf(answer.GetProperty("data").GetProperty("messageReceived")));
        }
    }

    private static async Task CheckResumedAsync(RunningServer server, string resume, List<int> seen)
    {
        Assert.InRange(seen.Count, 1, MessagesCount - 20);
        using var again = await EventSubscription.OpenAsync(server, Messages, new { after = resume });
        while (seen.Count < MessagesCount)
            seen.Add(NumberOf(await again.NextAsync("messageReceived")));
        Assert.Equal(Enumerable.Range(0, MessagesCount), seen);
    }

    private static int NumberOf(JsonElement message) => message.GetProperty("body").GetProperty("n").GetInt32();
}
