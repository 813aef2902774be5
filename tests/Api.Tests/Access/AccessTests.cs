using System.Buffers.Text;
using System.Text;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Access;

public class AccessTests
{
    private const string Key = "a key of more than sixteen characters";

    [Fact]
    public async Task With_keys_everything_that_holds_messages_needs_one()
    {
        await using var server = await RunningServer.StartAsync(
            new ApiOptions { ApiKeys = ["another key, also long", Key] });
        foreach (var path in new[] { "/api/v1/ledger", "/API/v1/ledger", "/ws/v1/", "/api/v1/messages", "/nothing" })
        {
            using var refused = await server.Http.GetAsync(path);
            var problem = await refused.IsProblemAsync(401, "unauthorized");
            Assert.DoesNotContain("key of more", problem.GetRawText());
            Assert.Contains("Bearer", refused.Headers.WwwAuthenticate.ToString());
        }

        foreach (var path in new[]
            {
                "/health/live",
                "/health/ready",
                "/openapi/v1.json",
                "/docs/index.html",
                "/",
                "/js/app.js",
            })
            Assert.Equal(200, (int)(await server.Http.GetAsync(path)).StatusCode);
        foreach (var (header, value) in new[]
            {
                ("X-Api-Key", Key),
                ("Authorization", "Bearer " + Key),
                ("Authorization", "bearer another key, also long"),
            })
            Assert.Equal(200, await StatusAsync(server, header, value));
        foreach (var (header, value) in new[]
            {
                ("X-Api-Key", Key + "x"),
                ("Authorization", Key),
                ("Authorization", "Basic " + Key),
                ("X-Api-Key", ""),
            })
            Assert.Equal(401, await StatusAsync(server, header, value));
    }

    [Fact]
    public async Task A_WebSocket_may_carry_its_key_in_a_subprotocol()
    {
        await using var server = await RunningServer.StartAsync(new ApiOptions { ApiKeys = [Key] });
        using var feed = await FeedClient.ConnectAsync(server, options: options =>
        {
            options.AddSubProtocol("tributary");
            options.AddSubProtocol(ProtocolOf(Key));
        });
        Assert.Equal("tributary", feed.SubProtocol);
        using (var posting = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages")
            {
                Content = new StringContent("{}", Encoding.UTF8, "application/json"),
            })
        {
            posting.Headers.Add("X-Api-Key", Key);
            Assert.Equal(202, (int)(await server.Http.SendAsync(posting)).StatusCode);
        }

        Assert.Equal("{}", await feed.ReadAsync());
        foreach (var wrong in new[]
            {
                ProtocolOf(Key + "x"),
                "tributary.key.not=base64url",
                "tributary.key.",
                $"{ProtocolOf(Key)}, {ProtocolOf(Key)}",
            })
            Assert.Equal(401, await StatusAsync(server, "Sec-WebSocket-Protocol", wrong));
        Assert.Equal(
            200, await StatusAsync(server, "Sec-WebSocket-Protocol", $"graphql-transport-ws, {ProtocolOf(Key)}"));
    }

    [Fact]
    public async Task A_server_of_this_machine_answers_only_to_its_names()
    {
        await using var server = await RunningServer.StartAsync(
            new ApiOptions { AllowedHosts = ["127.0.0.1", "localhost"] });
        Assert.Equal(200, await StatusAsync(server, "Host", "LOCALHOST:1234"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ledger");
        request.Headers.Host = "evil.example";
        using var refused = await server.Http.SendAsync(request);

        await refused.IsProblemAsync(421, "host_not_allowed", "evil.example", "localhost");
    }

    [Fact]
    public async Task Pages_are_held_to_their_own_server()
    {
        await using var server = await RunningServer.StartAsync();
        using var page = await server.Http.GetAsync("/");

        Assert.StartsWith("default-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("text/html", page.Content.Headers.ContentType!.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        Assert.Equal(304, (int)(await server.Http.SendAsync(again)).StatusCode);
    }

    private static string ProtocolOf(string key) =>
        "tributary.key." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    private static async Task<int> StatusAsync(RunningServer server, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ledger");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await server.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
