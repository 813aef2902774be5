using System.Text.Json;
using Tributary.Api.Tests.Processing;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>
/// Generations by GraphQL and REST: shapes, and what is refused. That they hold what they should is shown on processes
/// that are killed.
/// </summary>
public class GenerationTests
{
    private const string Aggregates = """[{"name":"all","measures":[{"name":"n","kind":"count"}]}]""";
    private const string Replays =
        "{ replays { name generation isLive isFed isConfigured replay { status totalCount seenCount countedCount "
        + "failedCount failures { messageId error } error from } } }";

    [Fact]
    public async Task A_live_generation_that_counted_all_as_it_came_is_built_without_counting_anything_again()
    {
        await using var server = await RunningServer.StartAsync(aggregates: Aggregates);
        for (var n = 0; n < 3; n++)
            await server.AcceptAsync("{}");

        var begun = (await server.DataAsync(
            """mutation { reprocess(aggregate: "all", from: "2018-01-31T00:00:00Z") { generations { name generation } error { code } } }"""))
            .GetProperty("reprocess");
        Assert.Equal("""{"generations":[{"name":"all","generation":1}],"error":null}""", begun.GetRawText());
        JsonElement replays = default;
        await Until.TrueAsync(
            async () =>
            {
                replays = (await server.DataAsync(Replays)).GetProperty("replays");
                return replays[0].GetProperty("replay").GetProperty("status").GetString() == "COMPLETED";
            },
            "The replay did not complete.");
        Assert.Equal(
            """[{"name":"all","generation":1,"isLive":true,"isFed":true,"isConfigured":true,"replay":{"status":"COMPLETED","totalCount":0,"seenCount":0,"countedCount":0,"failedCount":0,"failures":[],"error":null,"from":"2018-01-31T00:00:00Z"}}]""",
            replays.GetRawText());
        var refused = (
            await server.DataAsync(
                """mutation { reprocess(aggregate: "all") { generations { name } error { code message } } }"""))
            .GetProperty("reprocess")
            .GetProperty("error");
        Assert.Equal("replay_bounds_fixed", refused.GetProperty("code").GetString());
        Assert.Equal(
            3,
            (await server.GetAsync("/api/v1/aggregates/all")).GetProperty("rows")[0].GetProperty("count").GetInt32());
        var rest = (await server.GetAsync("/api/v1/reprocess")).GetProperty("generations")[0];
        Assert.Equal(
            ("all", "COMPLETED"),
            (rest.GetProperty("name").GetString(), rest.GetProperty("replay").GetProperty("status").GetString()));
    }

    [Theory]
    [InlineData("""switchGeneration(name: "all", generation: 2)""", "generation_not_found")]
    [InlineData("""switchGeneration(name: "other", generation: 1)""", "generation_not_found")]
    [InlineData("""dropGeneration(name: "all", generation: 1)""", "generation_configured")]
    [InlineData("""reprocess(plugin: "sizes")""", "generation_not_found")]
    public async Task What_cannot_be_done_is_refused_with_its_code(string change, string code)
    {
        await using var server = await RunningServer.StartAsync(aggregates: Aggregates);

        var data = await server.DataAsync(
            $"mutation {{ done: {change} {{ generations {{ name }} error {{ code message }} }} }}");
        Assert.Equal(code, data.GetProperty("done").GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("reprocess", 400)]
    [InlineData("reprocess?aggregate=all&plugin=x", 400)]
    [InlineData("reprocess?aggregate=all&from=yesterday", 400)]
    [InlineData("reprocess?aggregate=other", 404)]
    [InlineData("reprocess/cancel?aggregate=all", 200)]
    [InlineData("generations/all/switch", 400)]
    [InlineData("generations/all/switch?generation=1", 200)]
    [InlineData("generations/all/drop?generation=1", 409)]
    public async Task Requests_are_checked(string path, int status)
    {
        await using var server = await RunningServer.StartAsync(aggregates: Aggregates);

        using var answer = await server.Http.PostAsync($"/api/v1/{path}", null);
        Assert.True((int)answer.StatusCode == status, await answer.Content.ReadAsStringAsync());
    }
}
