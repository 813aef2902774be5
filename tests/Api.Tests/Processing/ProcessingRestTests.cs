using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Processing;

public abstract class ProcessingRestTests(ProcessingFixture fixture)
{
    [Fact]
    public async Task Pages_of_failures_show_each_once()
    {
        var seen = new List<string?>();
        string? next = null;
        do
        {
            var page = await fixture.Server.GetAsync(
                "/api/v1/failures?limit=4" + (next is null ? "" : $"&after={next}"));
            seen.AddRange(page.GetProperty("failures").TextsOf("item"));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(19, seen.Distinct().Count());
        Assert.Equal(19, seen.Count);
    }

    [Theory]
    [InlineData("status=RETRYING", 12)]
    [InlineData("status=parked&source=labs", 5)]
    [InlineData("item=m-7", 1)]
    [InlineData("plugin=judge", 5)]
    [InlineData("plugin=", 14)]
    [InlineData("step=accept", 2)]
    [InlineData("error=content_missing", 12)]
    [InlineData("from=2020-01-01&until=2020-01-02", 0)]
    [InlineData("from=2020-01-01T00:00:00Z", 19)]
    public async Task The_parameters_choose_failures(string query, int count) =>
        Assert.Equal(
            count,
            (await fixture.Server.GetAsync("/api/v1/failures?" + query)).GetProperty("failures").GetArrayLength());

    [Fact]
    public async Task A_failure_says_what_is_left_of_which_message()
    {
        var failure = Assert.Single(
            (await fixture.Server.GetAsync("/api/v1/failures?item=b-1")).GetProperty("failures").EnumerateArray());
        var message = await fixture.Server.GetAsync($"/api/v1/messages/{failure.GetProperty("message").GetString()}");

        Assert.Equal("b-1", message.GetProperty("item").GetString());
        Assert.Equal(
            """{"source":"labs","item":"b-1","plugin":"judge","status":"PARKED","step":"execute","attempts":1,"nextAttempt":null,"error":"plugin_failed: The text is bad."}""",
            JsonSerializer.Serialize(
                failure
                    .EnumerateObject()
                    .Where(field => field.Name is not ("message" or "changedAt"))
                    .ToDictionary(field => field.Name, field => field.Value)));
    }

    [Theory]
    [InlineData("/api/v1/failures?status=COMPLETED", "status", "COMPLETED", "RETRYING, PARKED")]
    [InlineData("/api/v1/failures?step=run", "step", "run", "accept, query, execute, apply")]
    [InlineData("/api/v1/failures?from=yesterday", "from", "yesterday", "2026-01-31T00:00:00Z")]
    [InlineData("/api/v1/failures?after=%25", "after", "%", "next")]
    [InlineData("/api/v1/failures?limit=0", "limit", "0", "1 to")]
    [InlineData("/api/v1/records/sizes?after=x", "after", "x", "next")]
    [InlineData("/api/v1/records/sizes?after=WzFd", "after", "WzFd", "next")]
    public async Task A_wrong_parameter_is_named_with_what_is_allowed(string path, params string[] says)
    {
        using var response = await fixture.Server.Http.GetAsync(path);
        await response.IsProblemAsync(400, "parameter_invalid", says);
    }

    [Fact]
    public async Task What_is_unknown_is_refused()
    {
        using var parameter = await fixture.Server.Http.GetAsync("/api/v1/plugins?state=ACTIVE");
        await parameter.IsProblemAsync(400, "parameter_unknown", "state");
        using var retried = await fixture.Server.Http.PostAsync("/api/v1/failures/retry?limit=1", null);
        await retried.IsProblemAsync(400, "parameter_unknown", "limit", "status, source");
        using var plugin = await fixture.Server.Http.GetAsync("/api/v1/records/nobody");
        await plugin.IsProblemAsync(404, "plugin_not_found", "nobody", "judge, sizes");
    }

    [Fact]
    public async Task A_filter_in_a_body_and_a_page_of_another_origin_change_nothing()
    {
        using var body = await fixture.Server.PostAsync("""{"item":"m-1"}""", "/api/v1/failures/retry");
        await body.IsProblemAsync(400, "request_invalid", "Found a body", "parameters");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/failures/park");
        request.Headers.Add("Origin", "http://evil.example");
        using var foreign = await fixture.Server.Http.SendAsync(request);
        await foreign.IsProblemAsync(403, "origin_not_allowed", "evil.example");
        Assert.Equal(12, (await fixture.Server.GetAsync("/api/v1/ledger")).GetProperty("retrying").GetInt32());
    }

    [Fact]
    public async Task Records_are_read_page_by_page_and_by_item()
    {
        var seen = new List<string?>();
        string? next = null;
        do
        {
            var page = await fixture.Server.GetAsync(
                "/api/v1/records/sizes?limit=6" + (next is null ? "" : $"&after={next}"));
            Assert.Equal("sizes", page.GetProperty("plugin").GetString());
            seen.AddRange(page.GetProperty("records").TextsOf("item"));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(13, seen.Distinct().Count());
        Assert.Equal(13, seen.Count);
        var one = Assert.Single(
            (await fixture.Server.GetAsync("/api/v1/records/sizes?item=g-1")).GetProperty("records").EnumerateArray());
        Assert.Equal("""{"bytes":15,"media_type":"text/plain"}""", one.GetProperty("document").GetRawText());
    }

    [Fact]
    public async Task The_plugins_are_listed()
    {
        var plugins = (await fixture.Server.GetAsync("/api/v1/plugins"))
            .GetProperty("plugins")
            .EnumerateArray()
            .ToDictionary(plugin => plugin.GetProperty("name").GetString()!);

        Assert.Equal(
            ("ACTIVE", 13, 5),
            (
                plugins["judge"].GetProperty("state").GetString(),
                plugins["judge"].GetProperty("runs").GetInt32(),
                plugins["judge"].GetProperty("failures").GetInt32()));
        Assert.Equal("INACTIVE", plugins["exif"].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Failures_are_parked_and_retried()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        foreach (var item in new[] { "a", "b" })
            await server.ReferAsync(item, "late");
        await server.LedgerIsAsync(completed: 0, retrying: 2);

        Assert.Equal("""{"matched":1,"changed":1,"next":null}""", await PostAsync(server, "park?item=a"));
        await server.LedgerIsAsync(completed: 0, retrying: 1, parked: 1);
        content.Write("late", "good");
        Assert.Equal("""{"matched":2,"changed":2,"next":null}""", await PostAsync(server, "retry"));
        await server.LedgerIsAsync(completed: 2);
        Assert.Equal("""{"matched":0,"changed":0,"next":null}""", await PostAsync(server, "retry"));
    }

    [Fact]
    public async Task One_message_is_parked_and_retried()
    {
        var (server, content) = await fixture.NewServerAsync();
        await using var owned = server;
        var message = await server.ReferAsync("a", "late");
        await server.LedgerIsAsync(completed: 0, retrying: 1);
        var path = $"../messages/{message.Id}/";

        Assert.Equal("""{"changed":[]}""", await PostAsync(server, path + "park?plugin=judge"));
        Assert.Equal("""{"changed":[""]}""", await PostAsync(server, path + "park?plugin="));
        await server.LedgerIsAsync(completed: 0, parked: 1);
        content.Write("late", "good");
        Assert.Equal("""{"changed":[""]}""", await PostAsync(server, path + "retry"));
        await server.LedgerIsAsync(completed: 1);
        using var unknown = await server.Http.PostAsync($"/api/v1/messages/{Guid.CreateVersion7()}/retry", null);
        await unknown.IsProblemAsync(404, "message_not_found");
        using var body = await server.PostAsync("""{"plugin":"judge"}""", $"/api/v1/messages/{message.Id}/retry");
        await body.IsProblemAsync(400, "request_invalid", "Found a body");
    }

    private static async Task<string> PostAsync(RunningServer server, string path)
    {
        using var response = await server.Http.PostAsync("/api/v1/failures/" + path, null);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}

public sealed class SqliteProcessingRestTests(ProcessingFixture fixture)
    : ProcessingRestTests(fixture),
        IClassFixture<ProcessingFixture>;

public sealed class PostgresProcessingRestTests(PostgresProcessingFixture fixture)
    : ProcessingRestTests(fixture),
        IClassFixture<PostgresProcessingFixture>;
