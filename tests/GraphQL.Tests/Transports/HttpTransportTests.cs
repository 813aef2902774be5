using System.Text.Json;
using Tributary.GraphQL.Transports;

namespace Tributary.GraphQL.Tests.Transports;

/// <summary>GraphQL over HTTP.</summary>
public sealed class HttpTransportTests : IAsyncLifetime
{
    private const string Hello = """{"query":"{ hello }"}""";
    private const string GraphQLResponse = "application/graphql-response+json";
    private TestServer server = null!;

    public async ValueTask InitializeAsync() =>
        server = await TestServer.Start(limits: new GraphQLOptions { MaxRequestBytes = 100_000 });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task All_audits_of_graphql_http_pass_without_warning_or_notice()
    {
        var audits = await Oracle.Run("audits.mjs", new { url = server.Url });
        Assert.True(audits.GetArrayLength() > 40);
        var failed = audits
            .EnumerateArray()
            .Where(a => a.GetProperty("status").GetString() != "ok")
            .Select(a => a.ToString());
        Assert.Empty(failed);
    }

    [Theory]
    [InlineData(GraphQLResponse, 200, GraphQLResponse)]
    [InlineData("application/json", 200, "application/json")]
    [InlineData("*/*", 200, "application/json")]
    [InlineData("text/html, application/*;q=0.5", 200, "application/json")]
    [InlineData("application/json;q=0.5, application/graphql-response+json", 200, GraphQLResponse)]
    [InlineData("text/html", 406, "application/json")]
    public async Task The_media_type_is_negotiated(string accept, int status, string mediaType)
    {
        var answer = await server.Send(HttpMethod.Post, "", Hello, ("accept", accept));
        Assert.Equal((status, mediaType), (answer.Status, answer.MediaType));
    }

    [Theory]
    [InlineData("""{"query":"{"}""", 200, 400)]
    [InlineData("""{"query":"{ nothing }"}""", 200, 400)]
    [InlineData("""{"query":"query ($n: String!) { hello(name: $n) }"}""", 200, 400)]
    [InlineData("""{"query":"{ fails }"}""", 200, 200)]
    [InlineData("""{"query":"subscription { forever }"}""", 200, 400)]
    [InlineData("""{"query":"{ hello }","variables":null,"operationName":null,"extensions":null}""", 200, 200)]
    [InlineData("""{"query":"{ hello }","variables":[]}""", 400, 400)]
    [InlineData("""{"query":"{ hello }","operationName":1}""", 400, 400)]
    [InlineData("""{"query":"{ hello }","extensions":"x"}""", 400, 400)]
    [InlineData("""{"query":1}""", 400, 400)]
    [InlineData("{}", 400, 400)]
    [InlineData("[]", 400, 400)]
    [InlineData("", 400, 400)]
    [InlineData("""{"query":""", 400, 400)]
    public async Task Status_codes_follow_the_media_type(string body, int json, int graphql)
    {
        var asJson = await server.Send(HttpMethod.Post, "", body, ("accept", "application/json"));
        var asGraphQL = await server.Send(HttpMethod.Post, "", body, ("accept", GraphQLResponse));
        Assert.Equal((json, graphql), (asJson.Status, asGraphQL.Status));
        Assert.Equal(asJson.Body, asGraphQL.Body);
        if (graphql == 400) Assert.False(JsonDocument.Parse(asJson.Body).RootElement.TryGetProperty("data", out _));
    }

    [Fact]
    public async Task A_body_that_is_not_utf8_or_nests_too_deep_or_is_too_long_is_refused()
    {
        using var latin = new ByteArrayContent([0x7B, 0x22, 0x71, 0xE9, 0x22, 0x3A, 0x31, 0x7D]);
        latin.Headers.ContentType = new("application/json");
        Assert.Equal(
            400,
            (int)(await server.Client.PostAsync(server.Url, latin, TestContext.Current.CancellationToken)).StatusCode);
        var deep =
            "{\"query\":\"{ hello }\",\"variables\":{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}}";
        Assert.Equal(400, (await server.Send(HttpMethod.Post, "", deep)).Status);
        var answer = await server.Send(HttpMethod.Post, "", $$"""{"query":"{{new string(' ', 200_000)}}"}""");
        Assert.Equal(413, answer.Status);
        Assert.Contains("LIMIT_EXCEEDED", answer.Body);
    }

    [Theory]
    [InlineData("?query={hello}", 200)]
    [InlineData("?query=query($n:String){hello(name:$n)}&variables={\"n\":\"x\"}", 200)]
    [InlineData("?query=mutation{add(n:1)}", 405)]
    [InlineData("?query={hello}&variables=[1]", 400)]
    [InlineData("?query={hello}&variables={", 400)]
    [InlineData("", 400)]
    public async Task Get_takes_queries_only(string query, int status) =>
        Assert.Equal(status, (await server.Send(HttpMethod.Get, query, null)).Status);

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=latin1", 415)]
    [InlineData("application/json; charset=UTF-8", 200)]
    public async Task Post_takes_json_only(string contentType, int status) =>
        Assert.Equal(status, (await server.Send(HttpMethod.Post, "", Hello, ("content-type", contentType))).Status);

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Sec-Fetch-Site", "none", 200)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    public async Task Requests_from_pages_of_other_sites_need_a_header_that_forces_a_preflight(
        string name, string value, int status)
    {
        Assert.Equal(status, (await server.Send(HttpMethod.Get, "?query={hello}", null, (name, value))).Status);
        Assert.Equal(
            200,
            (
                await server.Send(
                    HttpMethod.Get, "?query={hello}", null, (name, value), ("GraphQL-Require-Preflight", "1"))
            ).Status);
    }

    [Fact]
    public async Task Pages_of_another_port_of_this_machine_are_those_of_another_site()
    {
        var own = new Uri(server.Url).Authority;
        Assert.Equal(200, (await server.Send(HttpMethod.Post, "", Hello, ("Origin", $"http://{own}"))).Status);
        var port = own.Split(':')[1];
        string[] others = ["http://127.0.0.1:1", "http://127.0.0.1", $"http://{own}0", $"http://localhost:{port}"];
        foreach (var other in others)
            Assert.Equal(403, (await server.Send(HttpMethod.Post, "", Hello, ("Origin", other))).Status);
    }

    [Fact]
    public async Task Pages_of_allowed_origins_need_no_header()
    {
        await using var open = await TestServer.Start(
            new GraphQLHttpOptions { AllowedOrigins = ["https://app.example.org"] });
        Assert.Equal(
            200,
            (
                await open.Send(
                    HttpMethod.Post, "", Hello, ("Origin", "https://app.example.org"), ("Sec-Fetch-Site", "cross-site"))
            ).Status);
        Assert.Equal(
            403,
            (
                await open.Send(
                    HttpMethod.Post, "", Hello, ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"))
            ).Status);
    }

    [Fact]
    public async Task Documents_are_found_by_their_hash_once_they_were_sent()
    {
        const string query = "{ hello(name: \"hash\") }";
        var hash = PersistedDocuments.Hash(query);
        string Body(string? text, string sha) =>
            JsonSerializer.Serialize(
                new { query = text, extensions = new { persistedQuery = new { version = 1, sha256Hash = sha } } });
        Assert.Contains("PersistedQueryNotFound", (await server.Send(HttpMethod.Post, "", Body(null, hash))).Body);
        Assert.Equal(200, (await server.Send(HttpMethod.Post, "", Body(null, hash))).Status);
        Assert.Equal(
            400, (await server.Send(HttpMethod.Post, "", Body(null, hash), ("accept", GraphQLResponse))).Status);
        Assert.Equal(
            400,
            (
                await server.Send(HttpMethod.Post,
                    "", Body(query, hash.Replace(hash[0], hash[0] == '0' ? '1' : '0')))).Status
        );
        Assert.Contains("Hello hash", (await server.Send(HttpMethod.Post, "", Body(query, hash))).Body);
        Assert.Contains("Hello hash", (await server.Send(HttpMethod.Post, "", Body(null, hash))).Body);
    }

    [Fact]
    public async Task A_server_of_registered_documents_executes_no_others()
    {
        await using var strict = await TestServer.Start(
            new GraphQLHttpOptions { Persisted = PersistedDocuments.Registered(["{ hello }"]) });
        Assert.Equal(200, (await strict.Send(HttpMethod.Post, "", Hello)).Status);
        var other = await strict.Send(HttpMethod.Post, "", """{"query":"{ hello fails }"}""");
        Assert.Equal(400, other.Status);
        Assert.Contains("PERSISTED_QUERY_REQUIRED", other.Body);
    }
}
