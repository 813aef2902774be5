using Tributary.Api.Tests.Support;
using Tributary.Feed;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>A subscriber that has left gives its place to the next.</summary>
public class PlaceTests
{
    [Theory]
    [InlineData("messageReceived(after: \"start\") { cursor }", "messageReceived")]
    [InlineData("itemChanged(id: \"i\") { messageCount }", "itemChanged")]
    public async Task One_place_serves_one_subscriber_after_the_other(string field, string name)
    {
        await using var server = await RunningServer.StartAsync(feed: new FeedOptions { MaxSubscribersCount = 1 });
        await server.DataAsync(
            "mutation { publish(input: {body: \"{\\\"id\\\":\\\"i\\\"}\", itemPointer: \"/id\"}) { receipt { id } } }");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var served = 0; served < 3; patience.Token.ThrowIfCancellationRequested())
        {
            using var feed = await EventSubscription.OpenAsync(server, $"subscription {{ {field} }}");
            if ((await feed.NextAsync())!.Value is var answer && answer.TryGetProperty("errors", out var errors))
                errors[0].IsError("overloaded", "subscribers");
            else
                served += answer.GetProperty("data").TryGetProperty(name, out _) ? 1 : 0;
        }
    }
}
