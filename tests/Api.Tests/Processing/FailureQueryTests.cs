using System.Text.Json;
using Tributary.Api.Tests.GraphQL;

namespace Tributary.Api.Tests.Processing;

public abstract class FailureQueryTests(ProcessingFixture fixture)
{
    private const string Page =
        """
        query($filter: FailureFilter, $first: Int, $after: String) { failures(filter: $filter, first: $first,
          after: $after) {
            nodes { itemId messageId } pageInfo { hasNextPage endCursor } } }
        """;

    [Fact]
    public async Task Pages_show_every_failure_once_in_the_order_of_acceptance()
    {
        var seen = new List<string?>();
        string? after = null;
        for (var hasNext = true; hasNext;)
        {
            var page = (await fixture.Server.DataAsync(Page, new { first = 5, after })).GetProperty("failures");
            seen.AddRange(page.GetProperty("nodes").TextsOf("itemId"));
            hasNext = page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean();
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        Assert.Equal(19, seen.Count);
        Assert.Equal(
            [.. Enumerable.Range(0, 12).Select(n => $"m-{n}"), .. Enumerable.Range(0, 5).Select(n => $"b-{n}")],
            seen.Take(17));
    }

    [Theory]
    [InlineData("{}", 19)]
    [InlineData("{status: RETRYING}", 12)]
    [InlineData("{status: [PARKED]}", 7)]
    [InlineData("{source: \"labs\"}", 5)]
    [InlineData("{source: [\"cams\", \"odd\"]}", 14)]
    [InlineData("{item: [\"m-1\", \"b-2\", \"g-1\"]}", 2)]
    [InlineData("{plugin: \"judge\"}", 5)]
    [InlineData("{plugin: \"\"}", 14)]
    [InlineData("{plugin: \"sizes\"}", 0)]
    [InlineData("{step: ACCEPT}", 2)]
    [InlineData("{step: [QUERY, EXECUTE]}", 17)]
    [InlineData("{errorContains: \"content_missing\"}", 12)]
    [InlineData("{errorContains: \"The text is bad\"}", 5)]
    [InlineData("{receivedBefore: \"2020-01-01\"}", 0)]
    [InlineData("{receivedFrom: \"2020-01-01\"}", 19)]
    [InlineData("{source: \"cams\", item: [\"m-1\", \"b-1\"], status: RETRYING}", 1)]
    public async Task A_filter_finds_what_all_its_conditions_hold_of(string filter, int count)
    {
        var found = await fixture.Server.DataAsync(
            $"{{ failures(first: 100, filter: {filter}) {{ nodes {{ itemId }} }} }}");

        Assert.Equal(count, found.GetProperty("failures").GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_refused_with_what_is_allowed()
    {
        await fixture.Server.ErrorAsync(
            "{ failures(filter: {status: COMPLETED}) { nodes { itemId } } }",
            "BAD_USER_INPUT",
            "COMPLETED",
            "RETRYING, PARKED");
        await fixture.Server.ErrorAsync(
            "{ failures(filter: {status: []}) { nodes { itemId } } }", "BAD_USER_INPUT", "'status' has no entries");
        await fixture.Server.ErrorAsync(
            "{ failures(filter: {step: []}) { nodes { itemId } } }", "BAD_USER_INPUT", "'step' has no entries");
        await fixture.Server.ErrorAsync(
            "{ failures(filter: {item: []}) { nodes { itemId } } }", "BAD_USER_INPUT", "1 to 100");
        await fixture.Server.ErrorAsync("{ failures(first: 101) { nodes { itemId } } }", "BAD_USER_INPUT", "0 to 100");
        await fixture.Server.ErrorAsync(
            "{ failures(after: \"nonsense\") { nodes { itemId } } }", "cursor_invalid", "nonsense");
        await fixture.Server.ErrorAsync(
            "{ messages(filter: {status: []}) { nodes { itemId } } }", "BAD_USER_INPUT", "'status' has no entries");
        await fixture.Server.ErrorAsync(
            "{ records(plugin: \"nobody\") { nodes { itemId } } }", "plugin_not_found", "nobody", "judge, sizes");
        await fixture.Server.ErrorAsync(
            "{ item(id: \"g-0\") { records(plugin: \"nobody\") { key } } }", "plugin_not_found", "judge, sizes");
    }

    [Fact]
    public async Task A_message_says_what_became_of_it()
    {
        var nodes = (await fixture.Server.DataAsync(
            "{ messages(first: 100) { nodes { itemId messageId status failures { plugin status step attempts "
            + "nextAttempt error messageId message { itemId } } } } }"))
            .GetProperty("messages").GetProperty("nodes").EnumerateArray().ToList();
        JsonElement Of(string item) => nodes.Single(node => node.GetProperty("itemId").GetString() == item);

        Assert.Equal(
            [
                .. Enumerable.Repeat("RETRYING", 12),
                .. Enumerable.Repeat("PARKED", 5),
                .. Enumerable.Repeat("COMPLETED", 8),
                "PARKED",
                "PARKED",
            ],
            nodes.Select(node => node.GetProperty("status").GetString()));
        Assert.Empty(Of("g-3").GetProperty("failures").EnumerateArray());

        var missing = Assert.Single(Of("m-3").GetProperty("failures").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, missing.GetProperty("plugin").ValueKind);
        Assert.Equal("QUERY", missing.GetProperty("step").GetString());
        Assert.Equal(1, missing.GetProperty("attempts").GetInt32());
        Assert.True(missing.GetProperty("nextAttempt").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        Assert.StartsWith("content_missing: ", missing.GetProperty("error").GetString());
        Assert.Equal(Of("m-3").GetProperty("messageId").GetString(), missing.GetProperty("messageId").GetString());
        Assert.Equal("m-3", missing.GetProperty("message").GetProperty("itemId").GetString());

        var bad = Assert.Single(Of("b-3").GetProperty("failures").EnumerateArray());
        Assert.Equal(
            ("judge", "PARKED", "EXECUTE"),
            (
                bad.GetProperty("plugin").GetString(),
                bad.GetProperty("status").GetString(),
                bad.GetProperty("step").GetString()));
        Assert.Equal(JsonValueKind.Null, bad.GetProperty("nextAttempt").ValueKind);
    }

    [Theory]
    [InlineData("RETRYING", 12)]
    [InlineData("PARKED", 7)]
    [InlineData("COMPLETED", 8)]
    [InlineData("PROCESSING", 0)]
    [InlineData("[COMPLETED, PARKED]", 15)]
    public async Task Messages_are_found_by_their_status(string status, int count)
    {
        var found = (await fixture.Server.DataAsync(
            $"{{ messages(first: 100, filter: {{status: {status}}}) {{ nodes {{ status }} pageInfo {{ hasNextPage }} "
            + "} }")).GetProperty("messages");

        Assert.Equal(count, found.GetProperty("nodes").GetArrayLength());
        Assert.All(found.GetProperty("nodes").TextsOf("status"), one => Assert.Contains(one!, status));
    }

    [Fact]
    public async Task An_item_shows_what_plugins_made_of_it_and_what_is_left()
    {
        const string Fields = "itemId unfinishedCount records { plugin document } failures { plugin error }";
        var found = await fixture.Server.DataAsync(
            $"{{ item(id: \"b-2\") {{ {Fields} }} items(prefix: \"b-\") {{ nodes {{ {Fields} }} }} }}");
        var one = found.GetProperty("item");

        Assert.Equal(
            """{"itemId":"b-2","unfinishedCount":1,"records":[{"plugin":"sizes","document":{"bytes":6,"media_type":"text/plain"}}],"failures":[{"plugin":"judge","error":"plugin_failed: The text is bad."}]}""",
            one.GetRawText());
        Assert.Equal(5, found.GetProperty("items").GetProperty("nodes").GetArrayLength());
        Assert.Equal(one.GetRawText(), found.GetProperty("items").GetProperty("nodes")[2].GetRawText());
    }

    [Fact]
    public async Task No_call_between_items_and_aggregates_has_failed() =>
        Assert.Empty(
            (await fixture.Server.DataAsync("{ failedCalls { nodes { callId } } }"))
                .GetProperty("failedCalls")
                .GetProperty("nodes")
                .EnumerateArray());
}

public sealed class SqliteFailureQueryTests(ProcessingFixture fixture)
    : FailureQueryTests(fixture),
        IClassFixture<ProcessingFixture>;

public sealed class PostgresFailureQueryTests(PostgresProcessingFixture fixture)
    : FailureQueryTests(fixture),
        IClassFixture<PostgresProcessingFixture>;
