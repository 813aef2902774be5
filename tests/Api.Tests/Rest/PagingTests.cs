using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

public class PagingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Pages_show_every_message_that_existed_exactly_once_while_messages_keep_arriving()
    {
        await using var server = await RunningServer.StartAsync();
        for (var n = 1; n <= 60; n++)
            await server.AcceptAsync($"{{\"n\":{n}}}");
        using var stop = new CancellationTokenSource();
        var posting = PostUntilAsync(server, stop.Token);

        var first = await server.GetAsync("/api/v1/messages?offset=0&limit=7");
        var id = first.GetProperty("paginationId").GetString()!;
        var total = first.GetProperty("total").GetInt64();
        var seen = Numbers(first);
        while (seen.Count < total)
        {
            var page = await server.GetAsync($"/api/v1/messages?offset={seen.Count}&limit=7&paginationId={id}");
            Assert.Equal(total, page.GetProperty("total").GetInt64());
            Assert.Equal(id, page.GetProperty("paginationId").GetString());
            seen.AddRange(Numbers(page));
        }

        await stop.CancelAsync();
        Assert.True(await posting > 0);
        Assert.All(id, character => Assert.True(char.IsAsciiDigit(character)));
        Assert.Equal(Enumerable.Range(1, (int)total).Reverse(), seen);
        Assert.True(total >= 60);
        var beyond = await server.GetAsync($"/api/v1/messages?offset={total}&limit=7&paginationId={id}");
        Assert.Equal(0, beyond.GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task The_page_s_cursor_is_where_the_feed_goes_on_without_repeat()
    {
        await Server.AcceptAsync("""{"seam":1}""");
        var page = await Server.GetAsync("/api/v1/messages?offset=0&limit=1");
        await Server.AcceptAsync("""{"seam":2}""");

        Assert.Equal(["""{"seam":2}"""], await Server.ReadAllAsync(page.GetProperty("cursor").GetString()!));
    }

    [Fact]
    public async Task A_limit_above_100_is_100()
    {
        var page = await Server.GetAsync("/api/v1/messages?offset=0&limit=5000");

        Assert.Equal(100, page.GetProperty("limit").GetInt32());
    }

    [Fact]
    public async Task Reading_after_a_cursor_gives_everything_once_and_says_where_to_go_on()
    {
        await using var server = await RunningServer.StartAsync();
        for (var n = 1; n <= 25; n++)
            await server.AcceptAsync($"{{\"n\":{n}}}");
        var run = await server.GetAsync("/api/v1/messages?after=start&limit=10&cursors=1");
        var cursor = run.GetProperty("messages")[3].GetProperty("cursor").GetString()!;

        Assert.False(run.GetProperty("complete").GetBoolean());
        Assert.Equal(
            run.GetProperty("messages")[9].GetProperty("cursor").GetString(), run.GetProperty("next").GetString());
        Assert.Equal(Enumerable.Range(5, 21).Select(n => $"{{\"n\":{n}}}"), await server.ReadAllAsync(cursor));
        var end = await server.GetAsync("/api/v1/messages?after=start&limit=100");
        var again = await server.GetAsync($"/api/v1/messages?after={end.GetProperty("next").GetString()}&limit=100");
        Assert.Equal(end.GetProperty("next").GetString(), again.GetProperty("next").GetString());
        Assert.True(again.GetProperty("complete").GetBoolean());
    }

    [Theory]
    [InlineData("", "parameter_missing", "'offset'")]
    [InlineData("?offset=0", "parameter_missing", "'limit'")]
    [InlineData("?limit=10", "parameter_missing", "'offset'")]
    [InlineData("?offset=-1&limit=10", "parameter_invalid", "'offset' is '-1'")]
    [InlineData("?offset=abc&limit=10", "parameter_invalid", "'offset' is 'abc'")]
    [InlineData("?offset=&limit=10", "parameter_invalid", "'offset' is ''")]
    [InlineData("?offset=1.5&limit=10", "parameter_invalid", "'offset' is '1.5'")]
    [InlineData("?offset=0&limit=0", "parameter_invalid", "'limit' is '0'")]
    [InlineData("?offset=0&limit=99999999999999999999", "parameter_invalid", "'limit'")]
    [InlineData("?offset=99999999999999999999&limit=1", "parameter_invalid", "'offset'")]
    [InlineData("?offset=0&offset=1&limit=1", "parameter_repeated", "'offset'")]
    [InlineData("?offset=0&limit=1&paginationId=x", "parameter_invalid", "'paginationId' is 'x'")]
    [InlineData("?offset=0&limit=1&paginationId=-1", "parameter_invalid", "'paginationId' is '-1'")]
    [InlineData("?offset=0&limit=1&paginationId=9223372036854775807", "parameter_invalid", "'paginationId'")]
    [InlineData("?offset=0&limit=1&page=2", "parameter_unknown", "'page'")]
    [InlineData("?offset=100001&limit=1", "offset_too_large", "after=start")]
    [InlineData("?after=x&limit=1", "cursor_invalid", "'x'")]
    [InlineData("?after=&limit=1", "cursor_invalid", "''")]
    [InlineData("?after=start", "parameter_missing", "'limit'")]
    [InlineData("?after=start&limit=1&offset=0", "parameter_unknown", "'offset'")]
    [InlineData("?after=start&limit=1&cursors=maybe", "parameter_invalid", "'cursors' is 'maybe'")]
    public async Task Missing_and_bad_parameters_are_named_with_what_was_found(string query, string code, string says)
    {
        using var response = await Server.Http.GetAsync("/api/v1/messages" + query);

        await response.IsProblemAsync(400, code, says, code == "parameter_unknown" ? "allowed" : "");
    }

    [Fact]
    public async Task A_cursor_of_another_database_is_told_apart()
    {
        await using var other = await RunningServer.StartAsync();
        var cursor = (await other.AcceptAsync("{}")).Cursor;
        using var response = await Server.Http.GetAsync($"/api/v1/messages?limit=1&after={cursor}");

        await response.IsProblemAsync(400, "cursor_of_another_history");
    }

    private static List<int> Numbers(JsonElement page) =>
        [.. page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("n").GetInt32())];

    private static async Task<int> PostUntilAsync(RunningServer server, CancellationToken stop)
    {
        // Numbers go on, so that a page which let one slip in would show it.
        var n = 60;
        do
            await server.AcceptAsync($"{{\"n\":{++n}}}");
        while (!stop.IsCancellationRequested);
        return n - 60;
    }
}
