using System.Buffers.Text;
using System.Text.Json;
using Tributary.Api.Tests.Support;
using Tributary.Feed;

namespace Tributary.Api.Tests.Rest;

public class AggregateTests(AggregateServerFixture fixture) : IClassFixture<AggregateServerFixture>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Definitions_say_what_is_counted()
    {
        var aggregates = (await Server.GetAsync("/api/v1/aggregates")).GetProperty("aggregates");

        Assert.Equal("by-class", aggregates[0].GetProperty("name").GetString());
        Assert.Equal(1, aggregates[0].GetProperty("generation").GetInt32());
        Assert.Equal(
            """[{"name":"net","pointer":"/net","floor":null},{"name":"class","pointer":"/m","floor":0.5}]""",
            aggregates[0].GetProperty("group").GetRawText());
        Assert.Equal(JsonValueKind.Null, aggregates[0].GetProperty("window").ValueKind);
        Assert.Equal("""{"sizeMs":86400000,"by":"event"}""", aggregates[1].GetProperty("window").GetRawText());
    }

    [Fact]
    public async Task Rows_have_groups_windows_and_exact_measures_and_a_message_counts_once()
    {
        for (var i = 0; i < 3; i++)
        {
            await Server.AcceptAsync("""{"net":"uw","m":1.7,"t":1517363399650,"v":0.1}""", key: "a");
            await Server.AcceptAsync("""{"net":"uw","m":1.5,"t":1517443200000,"v":0.2}""", key: "b");
            await Server.AcceptAsync(
                """{"net":"us","m":-0.1,"t":1517443200001,"v":123456789012345678901234567890}""", key: "c");
        }

        var rows = (await Server.GetAsync("/api/v1/aggregates/by-class?group=%5B%22uw%22,1.50%5D")).GetProperty("rows");
        Assert.Equal(
            """[{"group":{"net":"uw","class":1.5},"windowStart":null,"windowEnd":null,"count":2,"measures":{"n":2,"sum":0.3},"skipped":{}}]""",
            rows.GetRawText());
        rows = (await Server.GetAsync("/api/v1/aggregates/by-class?group=%5B%22us%22,-0.5%5D")).GetProperty("rows");
        Assert.Equal("123456789012345678901234567890", rows[0].GetProperty("measures").GetProperty("sum").GetRawText());

        var first = await Server.GetAsync("/api/v1/aggregates/by-day?limit=1");
        Assert.Equal("2018-01-31T00:00:00+00:00", first.GetProperty("rows")[0].GetProperty("windowStart").GetString());
        Assert.Equal("2018-02-01T00:00:00+00:00", first.GetProperty("rows")[0].GetProperty("windowEnd").GetString());
        var second = await Server.GetAsync(
            $"/api/v1/aggregates/by-day?limit=1&after={first.GetProperty("next").GetString()}");
        Assert.Equal(2, second.GetProperty("rows")[0].GetProperty("count").GetInt32());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        foreach (
            var from in new[] { "2018-02-01", "2018-01-31T12:00:00Z", "1517443200000", "2018-02-01T01:00:00%2B01:00" })
            Assert.Equal(
                1,
                (await Server.GetAsync($"/api/v1/aggregates/by-day?from={from}")).GetProperty("rows").GetArrayLength());
        Assert.Equal(
            1, (await Server.GetAsync("/api/v1/aggregates/by-day?to=2018-02-01")).GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("/api/v1/aggregates/none", 404, "aggregate_not_found", "by-class, by-day")]
    [InlineData("/api/v1/aggregates/by-class?group=uw", 400, "group_invalid", "JSON array")]
    [InlineData("/api/v1/aggregates/by-class?group=%5B1%5D", 400, "parameter_invalid", "net, class")]
    [InlineData("/api/v1/aggregates/by-class?from=2018-02-01", 400, "parameter_invalid", "no windows")]
    [InlineData("/api/v1/aggregates/by-day?from=yesterday", 400, "parameter_invalid", "'from' is 'yesterday'")]
    [InlineData("/api/v1/aggregates/by-day?limit=0", 400, "parameter_invalid", "'limit'")]
    [InlineData("/api/v1/aggregates/by-day?after=%21", 400, "parameter_invalid", "'after'")]
    [InlineData("/api/v1/aggregates/by-day?after=MS8wL1td", 400, "parameter_invalid", "'after'")]
    [InlineData("/api/v1/aggregates/by-day?order=1", 400, "parameter_unknown", "'order'")]
    [InlineData("/api/v1/aggregates/by-day?atLeast=nowhere", 400, "cursor_invalid", "'nowhere'")]
    [InlineData("/api/v1/aggregates/by-day?atLeast=start&deadline=30001", 400, "parameter_invalid", "0 to 30000")]
    [InlineData("/api/v1/aggregates/by-day?deadline=5", 400, "parameter_invalid", "'atLeast'")]
    [InlineData("/api/v1/ledger?verify=perhaps", 400, "parameter_invalid", "'verify'")]
    public async Task Bad_parameters_are_named(string path, int status, string code, string says)
    {
        using var response = await Server.Http.GetAsync(path);

        await response.IsProblemAsync(status, code, says);
    }

    [Fact]
    public async Task A_read_waits_for_a_cursor_and_says_at_the_deadline_what_is_missing()
    {
        const string Rows = "/api/v1/aggregates/by-class?group=%5B%22wait%22,1.0%5D&atLeast=";
        var receipt = await Server.AcceptAsync("""{"net":"wait","m":1,"v":1}""");

        var read = await Server.GetAsync(Rows + receipt.Cursor);

        Assert.Equal(1, read.GetProperty("rows")[0].GetProperty("count").GetInt32());
        var own = Base64Url.DecodeFromChars(receipt.Cursor);
        var ahead = new Cursor(new Guid(own.AsSpan(1, 16), bigEndian: true), new Position(long.MaxValue / 2));
        using var early = await Server.Http.GetAsync($"{Rows}{ahead}&deadline=20");
        await early.IsProblemAsync(503, "not_counted_yet", "20 ms", "a transaction");
        Assert.NotNull(early.Headers.RetryAfter);
    }

    [Fact]
    public async Task The_ledger_balances_and_a_recount_matches()
    {
        await Server.AcceptAsync("{}", "/api/v1/messages?source=ledger");
        var plain = await Server.GetAsync("/api/v1/ledger");
        var verified = await Server.GetAsync("/api/v1/ledger?verify=true");

        Assert.Equal(JsonValueKind.Null, plain.GetProperty("recount").ValueKind);
        Assert.True(verified.GetProperty("balances").GetBoolean());
        Assert.True(verified.GetProperty("matches").GetBoolean());
        Assert.Equal(
            verified.GetProperty("accepted").GetInt64(),
            verified.GetProperty("recount").GetProperty("accepted").GetInt64());
        Assert.Equal(1, verified.GetProperty("bySource").GetProperty("ledger").GetProperty("accepted").GetInt64());
    }
}

public sealed class AggregateServerFixture : ServerFixture
{
    protected override Task<RunningServer> StartAsync() => RunningServer.StartAsync(aggregates:
        """
        [{"name":"by-class","group":[{"name":"net","pointer":"/net"},{"name":"class","pointer":"/m","floor":0.5}],
          "measures":[{"name":"n","kind":"count"},{"name":"sum","kind":"sum","pointer":"/v"}]},
         {"name":"by-day","measures":[{"name":"n","kind":"count"}],
           "window":{"size":"1d","by":"event","time":"/t","format":"unix-ms"}}]
        """);
}
