using Tributary.Api.Pages;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Access;

/// <summary>
/// Every route of the OpenAPI document, GraphQL over its three transports, the feed and the page, asked by those who
/// may and those who may not.
/// </summary>
public sealed class EveryRouteTests(AccessFixture fixture) : IClassFixture<AccessFixture>
{
    private static readonly (string, string) Key = ("X-Api-Key", AccessFixture.Key);

    private static readonly (string, string)[] Strangers =
    [
        ("Origin", AccessFixture.Stranger), ("Origin", "null"), ("Origin", "http://127.0.0.1"),
            ("Origin", "http://127.0.0.1:1"), ("Origin", "file://"), ("Origin", ""),
        ("Origin", "https://friend.example.evil.example"), ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "odd"),
    ];

    private RunningServer Keyed => fixture.Keyed;

    private RunningServer Open => fixture.Open;

    private static IEnumerable<(string Method, string Path, (string, string)[] Headers)> GraphQL =>
    [
        ("POST", "/graphql", [("Accept", "application/json")]),
            ("GET", "/graphql?query={ledger{balances}}", [("Accept", "application/json")]),
        ("POST", "/graphql", [("Accept", "text/event-stream")]),
            ("GET", "/graphql?query=subscription{messageAdded{id}}", [("Accept", "text/event-stream")]),
        ("GET", "/graphql", [("Accept", "text/html")]), ("GET", "/graphql/console/main.js", []),
            ("POST", "/graphql", [("GraphQL-Require-Preflight", "1")]),
    ];

    private IEnumerable<(string Method, string Path, (string, string)[] Headers)> Guarded =>
        fixture.Operations.Where(one => !one.Path.StartsWith("/health", StringComparison.Ordinal)).Select(one =>
            (one.Method, one.Path, Array.Empty<(string, string)>()))
            .Concat(GraphQL).Append(("GET", "/nothing", [])).Append(("DELETE", "/api/v1/messages", [])).Append(("GET",
                "/ws/v1", [])).Append(("OPTIONS", "/api/v1/messages", []));

    private static IEnumerable<(string Method, string Path)> Public =>
        PageFiles.Paths.SelectMany(path => new[] { ("GET", path), ("HEAD", path) })
            .Concat([("GET", "/health/live"), ("GET", "/health/ready"), ("GET", "/openapi/v1.json"),
                ("GET", "/docs/index.html"), ("GET", "/docs/swagger-ui-bundle.js")]);

    [Fact]
    public void The_table_has_every_route() =>
        Assert.True(fixture.Operations.Count >= 24, string.Join("\n", fixture.Operations));

    [Fact]
    public async Task Without_a_key_or_with_a_wrong_one_nothing_is_answered_but_what_is_public()
    {
        foreach (var (method, path, headers) in Guarded)
        {
            foreach (var wrong in new (string, string)[] { ("X-Other", "x"), ("X-Api-Key", AccessFixture.Key + "x"),
                ("X-Api-Key", ""), ("Authorization", "Bearer " + AccessFixture.Key[1..]) })
            {
                using var response = await Keyed.CallAsync(method, path, [.. headers, wrong]);
                Assert.True((int)response.StatusCode == 401,
                    $"{method} {path} with {wrong}: {(int)response.StatusCode}");
                if (method != "HEAD")
                    await response.IsProblemAsync(401, "unauthorized");
            }

            Assert.False(await Keyed.StatusAsync(method, path, [.. headers, Key]) is 401 or 403 or 421 or 500,
                $"{method} {path} with the key");
        }

        foreach (var (method, path) in Public)
            Assert.True(await Keyed.StatusAsync(method, path) == 200, $"{method} {path} is public");
    }

    [Fact]
    public async Task Pages_of_other_origins_are_refused_everywhere_with_a_key_too()
    {
        foreach (var (method, path, headers) in Guarded)
        {
            foreach (var stranger in Strangers)
            {
                // An empty Origin is none at all in what a client library sends.
                if (stranger == ("Origin", ""))
                    continue;
                using var response = await Open.CallAsync(method, path, [.. headers, stranger]);
                Assert.True((int)response.StatusCode == 403,
                    $"{method} {path} from {stranger}: {(int)response.StatusCode}");
                Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
                Assert.Equal(403, await Keyed.StatusAsync(method, path, [.. headers, Key, stranger]));
            }
        }
    }

    [Fact]
    public async Task The_own_page_programs_and_configured_origins_are_served_everywhere()
    {
        foreach (var (method, path, headers) in Guarded)
        {
            var plain = await Open.StatusAsync(method, path, headers);
            Assert.False(plain is 401 or 403 or 421 or 500, $"{method} {path}: {plain}");
            foreach (var own in new (string, string)[] { ("Origin", Open.Address.GetLeftPart(UriPartial.Authority)),
                ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none") })
                Assert.True(Same(plain, await Open.StatusAsync(method, path, [.. headers, own])),
                    $"{method} {path} with {own}");
            // Behind a proxy that changes the host the browser's word decides.
            Assert.NotEqual(403, await Open.StatusAsync(method, path,
                [.. headers, ("Origin", "https://proxy.example"), ("Sec-Fetch-Site", "same-origin")]));
            using var friend = await Keyed.CallAsync(method, path, [.. headers, Key, ("Origin", AccessFixture.Friend)]);
            Assert.False((int)friend.StatusCode is 401 or 403,
                $"{method} {path} from a friend: {(int)friend.StatusCode}");
            Assert.Equal(AccessFixture.Friend, friend.Headers.GetValues("Access-Control-Allow-Origin").Single());
        }
    }

    [Fact]
    public async Task A_link_on_another_page_may_be_followed_to_what_only_reads()
    {
        (string, string)[] link =
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        Assert.Equal(200, await Open.StatusAsync("GET", "/api/v1/ledger", link));
        Assert.Equal(403, await Open.StatusAsync("POST", "/api/v1/reprocess?aggregate=all", link));
        Assert.Equal(403, await Open.StatusAsync("GET", "/api/v1/ledger",
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]));
        Assert.Equal(403, await Open.StatusAsync("GET", "/api/v1/ledger",
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")]));
    }

    [Fact]
    public async Task Another_name_of_the_server_is_refused_everywhere()
    {
        foreach (var (method, path,
            headers) in Guarded.Concat(Public.Select(one => (one.Method, one.Path, Array.Empty<(string, string)>()))))
        {
            Assert.True(await Keyed.StatusAsync(method, path, [.. headers, Key, ("Host", "evil.example")]) == 421,
                $"{method} {path}");
            Assert.True(await Open.StatusAsync(method, path, [.. headers, ("Host", "evil.example:8888")]) == 421,
                $"{method} {path} of the open server");
        }

        // Nobody can make such a name lead here from outside.
        foreach (var name in new[] { "localhost:1", "tributary", "10.0.0.5", "[::1]:80" })
            Assert.Equal(200, await Open.StatusAsync("GET", "/api/v1/ledger", ("Host", name)));
    }

    [Theory]
    [InlineData("/ws/v1/")]
    [InlineData("/graphql")]
    public async Task WebSockets_are_opened_to_those_who_may(string path)
    {
        Assert.Equal(401, await Keyed.HandshakeAsync(path));
        Assert.Equal(401, await Keyed.HandshakeAsync(path, ("X-Api-Key", "wrong")));
        Assert.Equal(101, await Keyed.HandshakeAsync(path, Key));
        Assert.Equal(101, await Keyed.HandshakeAsync(path, Key, ("Origin", AccessFixture.Friend)));
        Assert.Equal(101, await Open.HandshakeAsync(path));
        Assert.Equal(101, await Open.HandshakeAsync(path, ("Origin", Open.Address.GetLeftPart(UriPartial.Authority))));
        foreach (var stranger in Strangers)
        {
            if (stranger == ("Origin", ""))
                continue;
            Assert.Equal(403, await Keyed.HandshakeAsync(path, Key, stranger));
            Assert.Equal(403, await Open.HandshakeAsync(path, stranger));
            Assert.Equal(403, await Open.HandshakeAsync(path, stranger, ("GraphQL-Require-Preflight", "1")));
        }

        Assert.Equal(421, await Keyed.HandshakeAsync(path, Key, ("Host", "evil.example")));
        Assert.Equal(421, await Open.HandshakeAsync(path, ("Host", "evil.example")));
    }

    [Fact]
    public async Task Preflights_allow_configured_origins_and_no_others()
    {
        foreach (var path in fixture.Operations.Select(one => one.Path).Append("/graphql").Append("/ws/v1").Distinct())
        {
            using var friend = await Keyed.CallAsync("OPTIONS", path, ("Origin", AccessFixture.Friend),
                ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "x-api-key,content-type"));
            Assert.Equal(204, (int)friend.StatusCode);
            Assert.Equal(AccessFixture.Friend, friend.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Contains("X-Api-Key", string.Join(",", friend.Headers.GetValues("Access-Control-Allow-Headers")),
                StringComparison.OrdinalIgnoreCase);
            foreach (var server in new[] { Keyed, Open })
            {
                using var stranger = await server.CallAsync("OPTIONS", path, ("Origin", AccessFixture.Stranger),
                    ("Access-Control-Request-Method", "POST"));
                Assert.DoesNotContain(stranger.Headers, header =>
                    header.Key.StartsWith("Access-Control-Allow", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    /// <summary>What browsers send for any page without asking first.</summary>
    [Theory]
    [InlineData("/api/v1/reprocess?aggregate=all", null)]
    [InlineData("/api/v1/reprocess/cancel?aggregate=all", null)]
    [InlineData("/api/v1/generations/all/switch?generation=1", null)]
    [InlineData("/api/v1/generations/all/drop?generation=1", null)]
    [InlineData("/api/v1/failures/retry", null)]
    [InlineData("/api/v1/messages", "text/plain")]
    [InlineData("/api/v1/messages", "application/x-www-form-urlencoded")]
    [InlineData("/api/v1/messages/batch", "multipart/form-data; boundary=x")]
    [InlineData("/ingest/orders", "text/plain")]
    [InlineData("/graphql", "text/plain")]
    [InlineData("/graphql", "application/x-www-form-urlencoded")]
    public async Task A_simple_request_of_another_page_changes_nothing(string path, string? mediaType)
    {
        foreach (var origin in new[] { AccessFixture.Stranger, "null", "http://localhost:3000" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.TryAddWithoutValidation("Origin", origin);
            if (mediaType is not null)
            {
                request.Content = new ByteArrayContent(
                    """{"query":"mutation{reprocess(aggregate:\"all\"){error{code}}}"}"""u8.ToArray());
                request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
            }

            using var response = await Open.Http.SendAsync(request);
            await response.IsProblemAsync(403, "origin_not_allowed", origin, "api.origins");
        }

        Assert.Empty((await Open.GetAsync("/api/v1/reprocess")).GetProperty("generations").EnumerateArray());
        Assert.Equal(1, (await Open.GetAsync("/api/v1/generations")).GetProperty("generations").GetArrayLength());
    }

    // Posts of one body are answered alike; a second subscription to the same stream as well.
    private static bool Same(int one, int other) => one == other || (one / 100, other / 100) == (2, 2)
        || (one is 400 or 404 or 409 && other is 400 or 404 or 409);
}
