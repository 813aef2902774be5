using Tributary.Api.Tests.GraphQL;

namespace Tributary.Api.Tests.Processing;

public abstract class RecordTests(ProcessingFixture fixture)
{
    private const string Page =
        """
        query($filter: RecordFilter, $first: Int, $after: String) { records(plugin: "sizes", filter: $filter,
          first: $first, after: $after) {
            nodes { itemId key document messageId message { itemId } }
              pageInfo { hasNextPage endCursor scannedCount } } }
        """;

    private static readonly string[] All =
    [
        .. Enumerable.Range(0, 5).Select(n => $"b-{n}"),
        .. Enumerable.Range(0, 8).Select(n => $"g-{n}"),
    ];

    [Fact]
    public async Task Pages_show_every_record_once_by_item() => Assert.Equal(All, await ReadAsync(null, 4));

    [Fact]
    public async Task A_condition_on_the_document_is_a_search_that_goes_on_from_its_cursor()
    {
        // Five characters and ten for each.
        var filter = new { document = new { path = "/bytes", gt = 40 } };

        Assert.Equal(["g-4", "g-5", "g-6", "g-7"], await ReadAsync(filter, 3));
        Assert.Equal(["g-5"], await ReadAsync(new { item = new[] { "g-5", "g-1", "m-1" }, filter.document }, 3));
        Assert.Empty(await ReadAsync(new { document = new { path = "/nothing", exists = true } }, 3));
        var end = (await fixture.Server.DataAsync(Page, new { filter })).GetProperty("records");
        Assert.Equal(13, end.GetProperty("pageInfo").GetProperty("scannedCount").GetInt32());
        Assert.Equal("g-4", end.GetProperty("nodes")[0].GetProperty("message").GetProperty("itemId").GetString());
        Assert.Equal(
            """{"bytes":45,"media_type":"text/plain"}""",
            end.GetProperty("nodes")[0].GetProperty("document").GetRawText());
    }

    [Fact]
    public async Task The_plugins_say_how_they_do()
    {
        var plugins = (await fixture.Server.DataAsync(
            "{ plugins { name version origin state reason mediaTypes aggregates runCount failureCount timeoutCount "
            + "heldThreadCount medianMs } }"))
            .GetProperty("plugins").EnumerateArray().ToDictionary(plugin => plugin.GetProperty("name").GetString()!);

        Assert.Equal("ACTIVE", plugins["judge"].GetProperty("state").GetString());
        Assert.Equal(
            (13, 5),
            (
                plugins["judge"].GetProperty("runCount").GetInt32(),
                plugins["judge"].GetProperty("failureCount").GetInt32()));
        Assert.Equal("""["verdicts"]""", plugins["judge"].GetProperty("aggregates").GetRawText());
        Assert.Equal(
            (13, 0),
            (
                plugins["sizes"].GetProperty("runCount").GetInt32(),
                plugins["sizes"].GetProperty("failureCount").GetInt32()));
        Assert.Equal("built in", plugins["sizes"].GetProperty("origin").GetString());
        Assert.Equal("INACTIVE", plugins["hashes"].GetProperty("state").GetString());
        Assert.Equal(plugins.Keys.Order(StringComparer.Ordinal), plugins.Keys);
    }

    [Theory]
    [InlineData("verdicts", "good", "g-")]
    [InlineData("sizes", "text/plain", "")]
    public async Task An_aggregate_of_a_plugin_says_what_it_is_made_of(string name, string group, string prefix)
    {
        var wanted = All.Where(item => item.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var seen = new List<string?>();
        string? after = null;
        for (var hasNext = true; hasNext;)
        {
            var found = (await fixture.Server.DataAsync(
                "query($name: String!, $group: [JSON]!, $after: String) { aggregate(name: $name, group: $group) { "
                + "count messages(first: 3, after: $after) { nodes { itemId } pageInfo { hasNextPage endCursor } } } }",
                new { name, group = new[] { group }, after })).GetProperty("aggregate");
            Assert.Equal(wanted.Count, found.GetProperty("count").GetInt32());
            var page = found.GetProperty("messages");
            seen.AddRange(page.GetProperty("nodes").TextsOf("itemId"));
            hasNext = page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean();
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        Assert.Equal<string?>(wanted, seen);
        var newest = await fixture.Server.DataAsync(
            "query($name: String!, $group: [JSON]!) { aggregate(name: $name, group: $group) { messages(last: 2) { "
            + "nodes { itemId } } } }",
            new { name, group = new[] { group } });
        Assert.Equal(
            wanted.TakeLast(2),
            newest.GetProperty("aggregate").GetProperty("messages").GetProperty("nodes").TextsOf("itemId"));
    }

    private async Task<List<string?>> ReadAsync(object? filter, int first)
    {
        var seen = new List<string?>();
        string? after = null;
        for (var hasNext = true; hasNext;)
        {
            var page = (await fixture.Server.DataAsync(Page, new { filter, first, after })).GetProperty("records");
            seen.AddRange(page.GetProperty("nodes").TextsOf("itemId"));
            hasNext = page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean();
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        return seen;
    }
}

public sealed class SqliteRecordTests(ProcessingFixture fixture)
    : RecordTests(fixture),
        IClassFixture<ProcessingFixture>;

public sealed class PostgresRecordTests(PostgresProcessingFixture fixture)
    : RecordTests(fixture),
        IClassFixture<PostgresProcessingFixture>;
