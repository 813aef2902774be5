using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

public abstract class PagingTests(GraphQLServerFixture fixture)
{
    private const string Page =
        """
        query($first: Int, $after: String, $last: Int, $before: String, $filter: MessageFilter) {
          messages(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
            nodes { body } pageInfo { hasNextPage hasPreviousPage startCursor endCursor scannedCount } } }
        """;

    [Fact]
    public async Task Forward_pages_show_every_message_once_while_messages_arrive()
    {
        await using var server = await fixture.NewServerAsync();
        for (var n = 0; n < 50; n++)
            await server.AcceptAsync($"{{\"n\":{n}}}");
        var posting = PostAsync(server, 50, 150);

        var seen = new List<int>();
        string? after = null;
        while (seen.Count < 150)
        {
            var page = (await server.DataAsync(Page, new { first = 7, after })).GetProperty("messages");
            seen.AddRange(NumbersOf(page));
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        await posting;
        Assert.Equal(Enumerable.Range(0, 150), seen);
        var end = (await server.DataAsync(Page, new { first = 7, after }))
            .GetProperty("messages")
            .GetProperty("pageInfo");
        Assert.False(end.GetProperty("hasNextPage").GetBoolean());
        Assert.Equal(after, end.GetProperty("endCursor").GetString());
    }

    [Fact]
    public async Task Backward_pages_show_every_earlier_message_once_while_messages_arrive()
    {
        await using var server = await fixture.NewServerAsync();
        for (var n = 0; n < 100; n++)
            await server.AcceptAsync($"{{\"n\":{n}}}");
        var first = (await server.DataAsync(Page, new { last = 9 })).GetProperty("messages");
        var posting = PostAsync(server, 100, 150);

        var seen = NumbersOf(first);
        var info = first.GetProperty("pageInfo");
        while (info.GetProperty("hasPreviousPage").GetBoolean())
        {
            var page = (await server.DataAsync(Page, new { last = 9, before = info.GetProperty(
                "startCursor").GetString() })).GetProperty("messages");
            seen.InsertRange(0, NumbersOf(page));
            info = page.GetProperty("pageInfo");
        }

        await posting;
        Assert.Equal(Enumerable.Range(0, 100), seen);
    }

    [Fact]
    public async Task A_search_that_stops_at_its_limit_goes_on_from_its_cursor_in_both_directions()
    {
        await using var server = await fixture.NewServerAsync();
        var lines = string.Concat(Enumerable.Range(0, 10_100).Select(n => $"{{\"n\":{n}}}\n"));
        using (var posted = await server.PostAsync(lines, "/api/v1/messages/batch", mediaType: "application/x-ndjson"))
            Assert.Equal(10_100, (await posted.Content.ReadAsStringAsync()).Split("\"status\":202").Length - 1);

        var far = new { body = new { path = "/n", gte = 10_050 } };
        var short1 = (await server.DataAsync(Page, new { first = 100, filter = far })).GetProperty("messages");
        Assert.Equal(10_000, short1.GetProperty("pageInfo").GetProperty("scannedCount").GetInt32());
        Assert.True(short1.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        Assert.Empty(NumbersOf(short1));
        var rest = (
            await server.DataAsync(
                Page,
                new
                {
                    first = 100,
                    filter = far,
                    after = short1.GetProperty("pageInfo").GetProperty("endCursor").GetString(),
                })
        ).GetProperty("messages");
        Assert.Equal(Enumerable.Range(10_050, 50), NumbersOf(rest));
        Assert.False(rest.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());

        var near = new { body = new { path = "/n", lt = 3 } };
        var short2 = (await server.DataAsync(Page, new { last = 100, filter = near })).GetProperty("messages");
        Assert.Empty(NumbersOf(short2));
        Assert.True(short2.GetProperty("pageInfo").GetProperty("hasPreviousPage").GetBoolean());
        var begin = (
            await server.DataAsync(
                Page,
                new
                {
                    last = 100,
                    filter = near,
                    before = short2.GetProperty("pageInfo").GetProperty("startCursor").GetString(),
                })
        ).GetProperty("messages");
        Assert.Equal([0, 1, 2], NumbersOf(begin));

        const string Twice =
            """{ a: messages(filter: {body: {path: "/x", eq: 1}}) { nodes { id } } b: messages(filter: {body: {path: "/x", eq: 1}}) { nodes { id } } }""";
        await server.ErrorAsync(Twice, "LIMIT_EXCEEDED", "10000");
    }

    private static async Task PostAsync(RunningServer server, int from, int until)
    {
        for (var n = from; n < until; n++)
            await server.AcceptAsync($"{{\"n\":{n}}}");
    }

    private static List<int> NumbersOf(JsonElement page) =>
        page.GetProperty("nodes")
            .EnumerateArray()
            .Select(node => node.GetProperty("body").GetProperty("n").GetInt32())
            .ToList();
}

public sealed class SqlitePagingTests(GraphQLServerFixture fixture)
    : PagingTests(fixture),
        IClassFixture<GraphQLServerFixture>;

public sealed class PostgresPagingTests(PostgresGraphQLFixture fixture)
    : PagingTests(fixture),
        IClassFixture<PostgresGraphQLFixture>;
