using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

public class FilterTests(FilterTests.Fixture fixture) : IClassFixture<FilterTests.Fixture>
{
    [Theory]
    [InlineData("{source: \"b\"}", "2")]
    [InlineData("{source: [\"a\", \"b\"], body: {path: \"/v\", exists: true}}", "1 2 3")]
    [InlineData("{receivedFrom: \"2100-01-01\"}", "")]
    [InlineData("{receivedFrom: \"2020-01-01T00:00:00Z\", receivedBefore: \"2100-01-01\", source: \"b\"}", "2")]
    [InlineData("{body: {path: \"/v\", eq: 1.50}}", "1")]
    [InlineData("{body: {path: \"/v\", eq: \"text\"}}", "3")]
    [InlineData("{body: {path: \"/v\", ne: 1.5}}", "2 3")]
    [InlineData("{body: {path: \"/v\", in: [1.5, \"text\"]}}", "1 3")]
    [InlineData("{body: {path: \"/v\", gt: 1.5}}", "2")]
    [InlineData("{body: {path: \"/v\", gte: 1.5, lt: 100000000000000000001}}", "1")]
    [InlineData("{body: {path: \"/v\", gte: 100000000000000000001}}", "2")]
    [InlineData("{body: {path: \"/v\", lte: 1.5}}", "1")]
    [InlineData("{body: {path: \"/v\", contains: \"ex\"}}", "3")]
    [InlineData("{body: {path: \"/tags\", contains: \"x\"}}", "4")]
    [InlineData("{body: {path: \"/deep/0/a~1b\", eq: null}}", "4")]
    [InlineData("{body: {path: \"/v\", exists: false}}", "4")]
    [InlineData("{body: {or: [{path: \"/v\", eq: 1.5}, {path: \"/tags\", exists: true}]}}", "1 4")]
    [InlineData("{body: {and: [{path: \"/v\", exists: true}, {not: {path: \"/v\", eq: \"text\"}}]}}", "1 2")]
    public async Task A_filter_finds_what_it_says(string filter, string expected)
    {
        var messages = (await fixture.Server.DataAsync(
            $"{{ messages(filter: {filter}) {{ nodes {{ body }} }} }}")).GetProperty("messages");

        Assert.Equal(
            expected,
            string.Join(
                ' ',
                messages
                    .GetProperty("nodes")
                    .EnumerateArray()
                    .Select(node => node.GetProperty("body").GetProperty("n").GetInt32())));
    }

    [Fact]
    public async Task Totals_are_counted_where_no_search_is_needed_and_null_elsewhere()
    {
        var data = await fixture.Server.DataAsync(
            """{ all: messages(first: 0) { totalCount nodes { id } } b: messages(filter: {source: "b"}) { totalCount } body: messages(filter: {body: {path: "/v", exists: true}}) { totalCount } }""");

        Assert.Equal(
            """{"all":{"totalCount":4,"nodes":[]},"b":{"totalCount":1},"body":{"totalCount":null}}""",
            data.GetRawText());
    }

    [Theory]
    [InlineData("{body: {eq: 1}}", "no path")]
    [InlineData("{body: {path: \"v\", eq: 1}}", "'v'")]
    [InlineData("{body: {path: \"/v\"}}", "no comparison")]
    [InlineData("{body: {}}", "without a condition")]
    [InlineData("{body: {path: \"/v\", gt: true}}", "'gt' is true")]
    [InlineData("{source: []}", "'source' has 0")]
    [InlineData("{body: {path: \"/v\", in: []}}", "'in' has 0")]
    [InlineData(
        "{body: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {path: \"/v\", eq: 1}}}}}}}}}}}}",
        "10 levels")]
    public async Task A_filter_that_says_nothing_clear_is_refused(string filter, string says) =>
        await fixture.Server.ErrorAsync(
            $"{{ messages(filter: {filter}) {{ nodes {{ id }} }} }}", "BAD_USER_INPUT", says);

    public sealed class Fixture : ServerFixture
    {
        protected override async Task<RunningServer> StartAsync()
        {
            var server = await RunningServer.StartAsync();
            await server.AcceptAsync("""{"n":1,"v":1.5}""", "/api/v1/messages?source=a");
            await server.AcceptAsync("""{"n":2,"v":100000000000000000001}""", "/api/v1/messages?source=b");
            await server.AcceptAsync("""{"n":3,"v":"text"}""", "/api/v1/messages?source=a");
            await server.AcceptAsync("""{"n":4,"tags":["x",1],"deep":[{"a/b":null}]}""", "/api/v1/messages?source=a");
            return server;
        }
    }
}
