using System.Net.WebSockets;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

/// <summary>Which web pages may open the live feed: an origin is a scheme, a host and a port together.</summary>
public class OriginTests
{
    [Fact]
    public async Task A_page_of_another_port_of_the_same_machine_may_not_open_the_feed()
    {
        await using var server = await RunningServer.StartAsync(
            new ApiOptions { AllowedOrigins = ["https://app.example"] });
        foreach (var own in (string[])[$"http://{server.Address.Authority}", "https://app.example"])
        {
            using var feed = await FeedClient.ConnectAsync(server, origin: own);
            Assert.Null(feed.CloseStatus);
        }

        var port = server.Address.Port;
        var another = port == ushort.MaxValue ? port - 1 : port + 1;
        string[] others =
        [
            $"http://127.0.0.1:{another}", "http://127.0.0.1", $"http://127.0.0.1:{port}0", $"http://localhost:{port}",
            "https://app.example:8443", "https://app.example.evil", "null",
        ];
        foreach (var other in others)
            await Assert.ThrowsAsync<WebSocketException>(
                async () => (await FeedClient.ConnectAsync(server, origin: other)).Dispose());
    }
}
