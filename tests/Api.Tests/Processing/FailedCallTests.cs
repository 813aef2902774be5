using System.Net;
using System.Text;
using Tributary.Api.Tests.GraphQL;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Processing;

/// <summary>What is answered to wrong questions about failed calls and about what is held.</summary>
public sealed class FailedCallTests
{
    private const string Unknown = "01890a5d-ac96-774b-bcce-b302099a8057";

    [Fact]
    public async Task What_is_not_there_or_asked_wrongly_is_said_so()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal("""{"calls":[],"next":null}""", (await server.GetAsync("/api/v1/failed-calls")).GetRawText());
        Assert.Equal("""{"counts":[],"grains":[],"next":null}""", (await server.GetAsync("/api/v1/held")).GetRawText());
        foreach (var path in new[] { "failed-calls?after=x", "failed-calls?limit=0", "failed-calls?source=x",
            "held?after=x", "held?after=W10", "held?limit=x" })
            Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.GetAsync("/api/v1/" + path)).StatusCode);

        await AnswersAsync(server, $"failed-calls/{Unknown}/retry", 404, "failed_call_not_found");
        await AnswersAsync(server, "failed-calls/x/retry", 400, "parameter_invalid");
        await AnswersAsync(server, "failed-calls/retry?after=x", 400, "parameter_invalid");
        await AnswersAsync(server, $"failed-calls/{Unknown}/retry?all=1", 400, "parameter_unknown");
        await AnswersAsync(server, "failed-calls/retry", 400, "request_invalid", body: "{}");
        await AnswersAsync(server, "failed-calls/retry", 403, "origin_not_allowed", origin: "http://elsewhere.example");
        await AnswersAsync(
            server, $"failed-calls/{Unknown}/retry", 403, "origin_not_allowed", origin: "http://elsewhere.example");
        Assert.Equal(
            """{"lookedAt":0,"made":0,"failed":0,"held":0,"next":null}""",
            await AnswersAsync(server, "failed-calls/retry", 200, "lookedAt"));
    }

    [Fact]
    public async Task GraphQL_says_the_same()
    {
        await using var server = await RunningServer.StartAsync();
        const string Counts = "{ lookedAtCount madeCount failedCount heldCount endCursor error { code } }";
        var found = await server.DataAsync(
            "{ held { nodes { grainType } pageInfo { hasNextPage } } heldCounts { grainType code callsCount "
            + "remindersCount } }");
        Assert.Equal("""{"held":{"nodes":[],"pageInfo":{"hasNextPage":false}},"heldCounts":[]}""", found.GetRawText());
        var changed = await server.DataAsync($"mutation {{ retryFailedCalls(callIds: [\"{Unknown}\"]) {Counts} }}");
        Assert.Equal(
            """{"lookedAtCount":1,"madeCount":0,"failedCount":0,"heldCount":0,"endCursor":null,"error":null}""",
            changed.GetProperty("retryFailedCalls").GetRawText());
        await server.ErrorAsync(
            "mutation { retryFailedCalls(callIds: []) { madeCount } }", "BAD_USER_INPUT", "0 entries", "1 to 1000");
        await server.ErrorAsync(
            "mutation { retryFailedCalls(callIds: [\"x\"]) { madeCount } }", "BAD_USER_INPUT", "Found 'x'");
        await server.ErrorAsync("mutation { retryFailedCalls(callIds: [\"x\"], after: \"y\") { madeCount } }",
            "BAD_USER_INPUT", "one of them");
        await server.ErrorAsync("{ held(after: \"nonsense\") { nodes { grainKey } } }", "cursor_invalid", "nonsense");
    }

    private static async Task<string> AnswersAsync(
        RunningServer server, string path, int status, string contains, string? body = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var answer = await server.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status && text.Contains(contains, StringComparison.Ordinal),
            $"{path}: {answer.StatusCode} {text}");
        return text;
    }
}
