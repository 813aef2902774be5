using System.Text;
using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

public class BatchTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Path = "/api/v1/messages/batch";
    private const string Lines = "application/x-ndjson";

    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Each_line_has_one_result_in_order_and_a_bad_line_harms_no_other()
    {
        var results = await PostAsync(
            "{\"n\":1}\n"
                + "not json\r\n"
                + "[2]\n"
                + "\n"
                + "{\"n\":3}\r\n"
                + $"{{\"x\":\"{new string('x', 70_000)}\"}}\n"
                + "{\"n\":4}\n\n \n");

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], results.Select(result => result.GetProperty("line").GetInt32()));
        Assert.Equal(
            [202, 400, 400, 400, 202, 413, 202], results.Select(result => result.GetProperty("status").GetInt32()));
        Assert.Equal(
            ["body_not_json", "body_not_object", "body_not_json", "body_too_large"],
            results
                .Where(result => result.TryGetProperty("code", out _))
                .Select(result => result.GetProperty("code").GetString()));
        Assert.Contains("blank", results[3].GetProperty("detail").GetString());
        var third = await Server.GetAsync($"/api/v1/messages/{results[4].GetProperty("id").GetString()}");
        Assert.Equal("{\"n\":3}", third.GetProperty("message").GetRawText());
        Assert.Equal(results[4].GetProperty("cursor").GetString(), third.GetProperty("cursor").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n\n")]
    public async Task A_batch_without_lines_has_no_results(string body) => Assert.Empty(await PostAsync(body));

    [Fact]
    public async Task The_last_line_needs_no_end() => Assert.Equal(2, (await PostAsync("{}\n{}")).Count);

    [Fact]
    public async Task Lines_are_stored_in_their_order()
    {
        await using var server = await RunningServer.StartAsync();
        var lines = Enumerable.Range(0, 10_000).Select(n => $"{{\"n\":{n}}}").ToList();
        using var response = await server.PostAsync(string.Join('\n', lines), Path, mediaType: Lines);
        var results = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(10_000, results.Length);
        Assert.All(results, result => Assert.Contains("\"status\":202", result));
        Assert.Equal(lines, await server.ReadAllAsync());
    }

    [Fact]
    public async Task A_batch_sent_again_with_its_key_is_stored_once()
    {
        var before = (await Server.GetAsync("/api/v1/ledger")).GetProperty("accepted").GetInt64();
        var first = await PostAsync("{\"n\":1}\n{\"n\":2}\n", "batch-1");
        var again = await PostAsync("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", "batch-1");

        Assert.Equal(first.Select(result => result.GetRawText()), again.Take(2).Select(result => result.GetRawText()));
        Assert.Equal(before + 3, (await Server.GetAsync("/api/v1/ledger")).GetProperty("accepted").GetInt64());
    }

    [Fact]
    public async Task Results_come_while_lines_are_still_sent()
    {
        using var connection = await RawConnection.OpenAsync(Server);
        await connection.SendAsync(
            $"POST {Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {Lines}\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var n = 1; n <= 3; n++)
        {
            await connection.SendAsync("8\r\n{\"n\":1}\n\r\n");
            Assert.Contains($"{{\"line\":{n},\"status\":202", await connection.ReadUntilAsync("}\n"));
        }

        // Half a line waits for its other half.
        await connection.SendAsync("3\r\n{\"n\r\n");
        await connection.SendAsync("5\r\n\":1}\n\r\n0\r\n\r\n");
        Assert.Contains("{\"line\":4,\"status\":202", await connection.ReadUntilAsync("}\n"));
    }

    [Fact]
    public async Task A_client_that_sends_everything_before_it_reads_is_answered_in_full()
    {
        using var connection = await RawConnection.OpenAsync(Server);
        var body = new StringBuilder();
        for (var n = 0; n < 40_000; n++)
            body.Append("{}\n");
        await connection.SendAsync(
            $"POST {Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {Lines}\r\nContent-Length: "
            + $"{body.Length}\r\n\r\n");
        await connection.SendAsync(body.ToString());

        Assert.Contains("{\"line\":40000,", (await connection.ReadAnswerAsync()).Body);
    }

    [Fact]
    public async Task A_line_of_the_limit_passes_however_it_is_cut()
    {
        var line = $"{{\"a\":\"{new string('x', 64 * 1024 - 8)}\"}}";
        var results = await PostAsync($"{line}\r\n {line}\n{line}");

        Assert.Equal([202, 413, 202], results.Select(result => result.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task Another_media_type_is_refused()
    {
        using var response = await Server.PostAsync("{}\n", Path);

        await response.IsProblemAsync(415, "media_type_unsupported", "application/x-ndjson");
    }

    private async Task<List<JsonElement>> PostAsync(string body, string? key = null)
    {
        using var response = await Server.PostAsync(body, Path, key, Lines);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(Lines, response.Content.Headers.ContentType?.MediaType);
        return
        [
            .. (await response.Content.ReadAsStringAsync())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonElement.Parse(line)),
        ];
    }
}
