using System.Text.Json;
using Tributary.Api.Tests.Support;
using Tributary.Feed;

namespace Tributary.Api.Tests.GraphQL;

public class LimitTests(GraphQLServerFixture fixture) : IClassFixture<GraphQLServerFixture>
{
    [Theory]
    [InlineData("messages(first: 101)", "BAD_USER_INPUT", "'first' is 101", "0 to 100")]
    [InlineData("messages(last: -1)", "BAD_USER_INPUT", "'last' is -1", "0 to 100")]
    [InlineData("messages(first: 1, last: 1)", "BAD_USER_INPUT", "'first' and 'last'", "one of them")]
    [InlineData("messages(after: \"nonsense\")", "cursor_invalid", "nonsense", "start")]
    [InlineData("items(after: \"nonsense\")", "cursor_invalid", "nonsense", "endCursor")]
    [InlineData("failures(after: \"bWVzc2FnZXM6MQ\")", "cursor_invalid", "bWVzc2FnZXM6MQ", "same list")]
    [InlineData("reminders(after: \"cmVtaW5kZXJzOlsiMSJd\")", "cursor_invalid", "cmVtaW5kZXJzOlsiMSJd", "same list")]
    [InlineData("aggregates(name: \"none\")", "aggregate_not_found", "'none'", "cities, days")]
    [InlineData("aggregates(name: \"cities\", from: \"2020-01-01\")", "BAD_USER_INPUT", "'from'", "no windows")]
    [InlineData("aggregates(name: \"cities\", deadlineMs: 1)", "BAD_USER_INPUT", "'deadlineMs'", "without 'atLeast'")]
    [InlineData(
        "aggregates(name: \"cities\", atLeast: \"start\", deadlineMs: 30001)", "BAD_USER_INPUT", "30001", "0 to 30000")]
    public async Task What_is_wrong_with_an_argument_is_said(string field, string code, string found, string allowed) =>
        await fixture.Server.ErrorAsync($"{{ {field} {{ pageInfo {{ endCursor }} }} }}", code, found, allowed);

    [Theory]
    [InlineData("first: 0")]
    [InlineData("last: 0")]
    [InlineData("first: 100")]
    [InlineData("last: 100")]
    public async Task A_page_of_the_limit_and_one_of_nothing_are_given(string argument) =>
        await fixture.Server.DataAsync($"{{ messages({argument}) {{ nodes {{ id }} }} }}");

    [Fact]
    public async Task A_cursor_of_another_database_is_named_as_such()
    {
        var other = new Cursor(Guid.NewGuid(), new Position(1)).ToString();

        await fixture.Server.ErrorAsync(
            $"{{ messages(after: \"{other}\") {{ nodes {{ id }} }} }}", "cursor_of_another_history", other, "restored");
    }

    [Theory]
    [InlineData("aggregate(name: \"cities\", group: [])", "0 values", "1: city")]
    [InlineData("aggregate(name: \"days\", group: [\"Ulm\"])", "no 'windowStart'", "has windows")]
    [InlineData("aggregate(name: \"all\", group: [], windowStart: \"2020-01-01\")", "'windowStart'", "no windows")]
    [InlineData("message(id: \"1\")", "'1'", "UUID")]
    [InlineData("item(id: \"\")", "''", "1 to 512 bytes")]
    public async Task What_does_not_name_one_thing_is_refused(string field, string found, string allowed) =>
        await fixture.Server.ErrorAsync($"{{ {field} {{ id }} }}", "BAD_USER_INPUT", found, allowed);

    [Fact]
    public async Task Pages_end_where_the_answer_would_be_too_large_and_go_on()
    {
        await using var server = await RunningServer.StartAsync(new ApiOptions { MaxPageBytes = 1_000 });
        for (var n = 0; n < 5; n++)
            await server.AcceptAsync($$"""{"n":{{n}},"pad":"{{new string('x', 400)}}"}""");
        await server.AcceptAsync($$"""{"n":5,"pad":"{{new string('x', 4_000)}}"}""");

        var seen = new List<int>();
        string? after = null;
        for (var hasNext = true; hasNext;)
        {
            var page = (await server.DataAsync(
                "query($after: String) { messages(after: $after) { nodes { body } pageInfo { hasNextPage endCursor } } "
                + "}", new { after })).GetProperty("messages");
            Assert.InRange(page.GetProperty("nodes").GetArrayLength(), 1, 2);
            seen.AddRange(
                page.GetProperty("nodes")
                    .EnumerateArray()
                    .Select(node => node.GetProperty("body").GetProperty("n").GetInt32()));
            hasNext = page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean();
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        Assert.Equal(Enumerable.Range(0, 6), seen);
    }

    [Fact]
    public async Task A_message_that_cannot_be_published_is_answered_with_its_reason_and_no_error()
    {
        var data = await fixture.Server.DataAsync(
            """
            mutation {
              a: publish(input: {body: "[1]"}) { receipt { id } error { code message } }
              b: publish(input: {body: "{}", itemPointer: "/id"}) { receipt { id } error { code } }
              c: publish(input: {body: "{}", itemPointer: "id"}) { error { code } }
              d: publish(input: {body: "{}", mediaType: "text/plain"}) { error { code } }
              e: publish(input: {body: "{\"k\":1}", externalId: "k"}) { receipt { isRepeat } }
              f: publish(input: {body: "{\"k\":1}", externalId: "k"}) { receipt { isRepeat } }
              g: publish(input: {body: "{\"k\":2}", externalId: "k"}) { receipt { isRepeat } error { code } }
            }
            """);

        Assert.Equal("body_not_object", data.GetProperty("a").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("a").GetProperty("receipt").ValueKind);
        Assert.Equal("item_missing", data.GetProperty("b").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("parameter_invalid", data.GetProperty("c").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(
            "media_type_unsupported", data.GetProperty("d").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("""{"receipt":{"isRepeat":false}}""", data.GetProperty("e").GetRawText());
        Assert.Equal("""{"receipt":{"isRepeat":true}}""", data.GetProperty("f").GetRawText());
        Assert.Equal(
            "external_id_conflict", data.GetProperty("g").GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_key_opens_graphql_as_everything_else()
    {
        await using var server = await RunningServer.StartAsync(new ApiOptions { ApiKeys = ["secret"] });
        using (var refused = await server.PostAsync("""{"query":"{ __typename }"}""", "/graphql"))
            await refused.IsProblemAsync(401, "unauthorized");
        server.Http.DefaultRequestHeaders.Add("X-Api-Key", "secret");

        Assert.Equal("Query", (await server.DataAsync("{ __typename }")).GetProperty("__typename").GetString());
    }
}
