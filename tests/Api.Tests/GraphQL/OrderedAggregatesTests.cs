using System.Globalization;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>Aggregates in the order of their values.</summary>
public abstract class OrderedAggregatesTests(GraphQLServerFixture fixture)
{
    private const string Top =
        "query($order: AggregateOrder, $first: Int) { aggregates(name: \"cities\", first: $first, orderBy: $order) { "
        + "nodes { group { value } } pageInfo { hasNextPage endCursor } } }";

    [Fact]
    public async Task Rows_come_in_the_order_that_is_asked_for_and_equal_ones_in_that_of_their_keys()
    {
        await using var server = await fixture.NewServerAsync();
        foreach (var (city, v) in new[]
            {
                ("Ulm", "9"),
                ("Bonn", "10"),
                ("Jena", "-0.5"),
                ("Ulm", "0.5"),
                ("Aalen", "10"),
                ("Trier", "true"),
                ("Trier", "null"),
                ("Trier", "null"),
            })
            await server.AcceptAsync($$"""{"city":"{{city}}","v":{{v}}}""");

        Assert.Equal("Aalen Bonn Ulm Trier Jena", await NamesAsync(server, new { measure = "sum" }));
        Assert.Equal("Jena Trier Ulm Aalen Bonn", await NamesAsync(server, new { measure = "sum", direction = "ASC" }));
        Assert.Equal("Trier Ulm Aalen Bonn Jena", await NamesAsync(server, new { }));
        Assert.Equal("Aalen Bonn", await NamesAsync(server, new { measure = "sum" }, 2));
        var page = (await server.DataAsync(Top, new { order = new { measure = "n" }, first = 5 }))
            .GetProperty("aggregates")
            .GetProperty("pageInfo");
        Assert.Equal("""{"hasNextPage":false,"endCursor":null}""", page.GetRawText());
    }

    [Fact]
    public async Task Rows_without_a_value_come_last_and_windows_narrow_what_is_ordered()
    {
        await using var server = await fixture.NewServerAsync();
        foreach (var (city, v, day) in new[]
            {
                ("Ulm", "1", 1),
                ("Bonn", "3", 1),
                ("Jena", "null", 1),
                ("Ulm", "2", 2),
                ("Bonn", "9", 3),
            })
        {
            var t = new DateTimeOffset(2018, 2, day, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
            await server.AcceptAsync(
                string.Create(CultureInfo.InvariantCulture, $$"""{"city":"{{city}}","v":{{v}},"t":{{t}}}"""),
                "/api/v1/messages?source=days");
        }

        var days = (await server.DataAsync(
            """{ aggregates(name: "days", to: "2018-02-03", orderBy: {measure: "most", direction: ASC}) { nodes { group { value } measures { value } } } }"""))
                .GetProperty("aggregates").GetProperty("nodes");
        Assert.Equal(["Ulm 1", "Ulm 2", "Bonn 3", "Jena null"], days.EnumerateArray().Select(day =>
            $"{day.GetProperty("group")[0].GetProperty("value")} "
            + $"{day.GetProperty("measures")[0].GetProperty("value").GetRawText()}"));

        await server.ErrorAsync(
            """{ aggregates(name: "days", orderBy: {measure: "p"}) { nodes { id } } }""",
            "BAD_USER_INPUT",
            "'p'",
            "most");
        await server.ErrorAsync(
            """{ aggregates(name: "all", orderBy: {measure: "none"}) { nodes { id } } }""",
            "BAD_USER_INPUT",
            "'none'",
            "allowed: n");
        await server.ErrorAsync(
            """{ aggregates(name: "all", after: "x", orderBy: {}) { nodes { id } } }""",
            "BAD_USER_INPUT",
            "'after' and 'orderBy'");
    }

    [Fact]
    public async Task More_rows_than_can_be_ordered_are_refused_and_a_narrower_list_is_not()
    {
        await using var server = await fixture.NewServerAsync();
        var lines = string.Concat(Enumerable.Range(0, 10_001).Select(n => $"{{\"city\":\"c-{n}\",\"v\":{n}}}\n"));
        using (var posted = await server.PostAsync(lines, "/api/v1/messages/batch", mediaType: "application/x-ndjson"))
            Assert.Equal(10_001, (await posted.Content.ReadAsStringAsync()).Split("\"status\":202").Length - 1);

        await server.ErrorAsync(
            """{ aggregates(name: "cities", orderBy: {measure: "sum"}) { nodes { id } } }""",
            "LIMIT_EXCEEDED",
            "'cities'",
            "10000",
            "Narrow");
        var one = await server.DataAsync(
            """{ aggregates(name: "cities", group: ["c-77"], orderBy: {measure: "sum"}) { nodes { count } } }""");
        Assert.Equal("""{"nodes":[{"count":1}]}""", one.GetProperty("aggregates").GetRawText());
    }

    private static async Task<string> NamesAsync(RunningServer server, object order, int first = 20)
    {
        var rows = (await server.DataAsync(Top, new { order, first })).GetProperty("aggregates");
        Assert.Equal(first < 5, rows.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        return string.Join(
            ' ',
            rows.GetProperty("nodes")
                .EnumerateArray()
                .Select(row => row.GetProperty("group")[0].GetProperty("value").GetString()));
    }
}

public sealed class SqliteOrderedAggregatesTests(GraphQLServerFixture fixture)
    : OrderedAggregatesTests(fixture),
        IClassFixture<GraphQLServerFixture>;

public sealed class PostgresOrderedAggregatesTests(PostgresGraphQLFixture fixture)
    : OrderedAggregatesTests(fixture),
        IClassFixture<PostgresGraphQLFixture>;
