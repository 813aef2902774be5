using System.Text;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

public class PostMessageTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private RunningServer Server => fixture.Server;

    [Theory]
    [InlineData("/api/v1/messages")]
    [InlineData("/api/v1/messages/")]
    public async Task A_message_is_accepted_and_can_be_read_at_once(string path)
    {
        using var response = await Server.PostAsync("""{ "a" : 1 }""", path);
        var receipt = RunningServer.Receipt.Of(await response.Content.ReadAsStringAsync());

        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        var message = await Server.GetAsync($"/api/v1/messages/{receipt.Id}");
        Assert.Equal("""{ "a" : 1 }""", message.GetProperty("message").GetRawText());
        Assert.Equal(
            (receipt.Id, receipt.Item, receipt.Cursor, "rest", "COMPLETED", "application/json", 1),
            (
                message.GetProperty("id").GetString(), message.GetProperty("item").GetString(),
                message.GetProperty("cursor").GetString(), message.GetProperty("source").GetString(),
                message.GetProperty("status").GetString(), message.GetProperty("mediaType").GetString(),
                message.GetProperty("itemSequence").GetInt32()));
        Assert.InRange(
            message.GetProperty("receivedAt").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddMinutes(-1),
            DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task A_repeated_key_gets_the_same_answer_and_is_stored_once()
    {
        var first = await Server.AcceptAsync("""{"n":1}""", key: "order 7");
        var before = (await Server.GetAsync("/api/v1/ledger")).GetProperty("accepted").GetInt64();
        var again = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Server.AcceptAsync("""{"n":1}""", key: "order 7")));

        Assert.All(again, receipt => Assert.Equal(first, receipt));
        Assert.Equal(before, (await Server.GetAsync("/api/v1/ledger")).GetProperty("accepted").GetInt64());
        Assert.Equal(1, (await Server.GetAsync($"/api/v1/items/{first.Item}")).GetProperty("messages").GetInt64());
    }

    [Fact]
    public async Task A_repeated_key_with_another_body_is_refused()
    {
        await Server.AcceptAsync("""{"n":1}""", key: "conflict");
        using var response = await Server.PostAsync("""{"n":2}""", key: "conflict");

        await response.IsProblemAsync(422, "external_id_conflict", "conflict", "allowed");
    }

    [Fact]
    public async Task A_key_counts_within_its_source()
    {
        var one = await Server.AcceptAsync("""{"n":1}""", "/api/v1/messages?source=one", "same");
        var two = await Server.AcceptAsync("""{"n":2}""", "/api/v1/messages?source=two", "same");

        Assert.NotEqual(one.Id, two.Id);
        Assert.Equal("two", (await Server.GetAsync($"/api/v1/messages/{two.Id}")).GetProperty("source").GetString());
    }

    [Theory]
    [InlineData("[1]", 400, "body_not_object", "an array")]
    [InlineData("7", 400, "body_not_object", "a number")]
    [InlineData("\"text\"", 400, "body_not_object", "a string")]
    [InlineData("null", 400, "body_not_object", "null")]
    [InlineData("", 400, "body_not_json", "not JSON")]
    [InlineData("{\"a\":1", 400, "body_not_json", "line 1")]
    [InlineData("{\"a\":1,}", 400, "body_not_json", "line 1")]
    [InlineData("{\"a\":1}{}", 400, "body_not_json", "line 1")]
    [InlineData("{'a':1}", 400, "body_not_json", "line 1")]
    [InlineData("{\"a\":01}", 400, "body_not_json", "line 1")]
    [InlineData("{\"a\":\"\u0001\"}", 400, "body_not_json", "line 1")]
    [InlineData("a=1&b=2", 400, "body_not_json", "line 1")]
    public async Task What_is_not_a_JSON_object_is_refused_and_nothing_is_stored(
        string body, int status, string code, string says)
    {
        var before = await Server.GetAsync("/api/v1/ledger");
        using var response = await Server.PostAsync(body);

        await response.IsProblemAsync(status, code, says);
        Assert.Equal(
            before.GetProperty("accepted").GetInt64(),
            (await Server.GetAsync("/api/v1/ledger")).GetProperty("accepted").GetInt64());
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_refused()
    {
        using var content = new ByteArrayContent([.. "{\"a\":\""u8, 0xff, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using var response = await Server.Http.PostAsync("/api/v1/messages", content);

        await response.IsProblemAsync(400, "body_not_json", "byte 7");
    }

    [Fact]
    public async Task Nesting_has_a_limit()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);
        using var response = await Server.PostAsync(deep);

        await response.IsProblemAsync(400, "body_too_deep");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/x-ndjson")]
    public async Task Another_media_type_is_refused(string mediaType)
    {
        using var response = await Server.PostAsync("{}", mediaType: mediaType);

        await response.IsProblemAsync(415, "media_type_unsupported", mediaType, "application/json");
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", "application/json")]
    [InlineData("application/json;charset=\"UTF-8\"", "application/json")]
    [InlineData("Application/JSON", "application/json")]
    [InlineData("application/vnd.acme+json; v=1", "application/vnd.acme+json")]
    public async Task Media_types_of_JSON_are_taken_and_kept(string sent, string kept)
    {
        using var response = await Server.PostAsync("{}", mediaType: sent);
        var receipt = RunningServer.Receipt.Of(await response.Content.ReadAsStringAsync());

        Assert.Equal(
            kept, (await Server.GetAsync($"/api/v1/messages/{receipt.Id}")).GetProperty("mediaType").GetString());
    }

    [Fact]
    public async Task No_media_type_and_encoded_bodies_are_refused()
    {
        using var bare = new ByteArrayContent("{}"u8.ToArray());
        using var first = await Server.Http.PostAsync("/api/v1/messages", bare);
        await first.IsProblemAsync(415, "media_type_unsupported", "no Content-Type");

        using var encoded = new StringContent("{}", Encoding.UTF8, "application/json");
        encoded.Headers.ContentEncoding.Add("gzip");
        using var second = await Server.Http.PostAsync("/api/v1/messages", encoded);
        await second.IsProblemAsync(415, "content_encoding_unsupported", "gzip");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_the_limit_is_taken_and_one_byte_more_is_not(bool isChunked)
    {
        var fits = $"{{\"a\":\"{new string('x', 64 * 1024 - 8)}\"}}";
        Assert.Equal(202, (int)(await SendAsync(fits)).StatusCode);
        using var refused = await SendAsync(fits.Replace("}", " }", StringComparison.Ordinal));
        await refused.IsProblemAsync(413, "body_too_large", "65536");

        async Task<HttpResponseMessage> SendAsync(string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.TransferEncodingChunked = isChunked;
            return await Server.Http.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("/api/v1/messages?source=", "identifier_invalid", "source")]
    [InlineData("/api/v1/messages?source=a&source=b", "parameter_repeated", "source")]
    [InlineData("/api/v1/messages?sorce=a", "parameter_unknown", "sorce")]
    [InlineData("/api/v1/messages?source=%00", "identifier_invalid", "source")]
    public async Task Bad_parameters_are_named(string path, string code, string says)
    {
        using var response = await Server.PostAsync("{}", path);

        await response.IsProblemAsync(400, code, says);
    }

    [Fact]
    public async Task Keys_have_limits()
    {
        using var tooLong = await Server.PostAsync("{}", key: new string('k', 513));
        await tooLong.IsProblemAsync(400, "identifier_too_long", "external id", "512");
        using var empty = await Server.PostAsync("{}", key: "");
        await empty.IsProblemAsync(400, "identifier_invalid", "external id");
        await Server.AcceptAsync("{}", key: new string('k', 512));
    }

    [Fact]
    public async Task Unknown_paths_and_methods_are_problems_too()
    {
        using var lost = await Server.Http.GetAsync("/api/v1/nothing");
        await lost.IsProblemAsync(404, "not_found", "/api/v1/nothing");
        using var wrong = await Server.Http.DeleteAsync("/api/v1/messages");
        await wrong.IsProblemAsync(405, "method_not_allowed", "DELETE");
        using var message = await Server.Http.GetAsync("/api/v1/messages/7");
        await message.IsProblemAsync(400, "parameter_invalid", "'id'", "7", "UUID");
        using var none = await Server.Http.GetAsync($"/api/v1/messages/{Guid.CreateVersion7()}");
        await none.IsProblemAsync(404, "message_not_found");
        using var item = await Server.Http.GetAsync("/api/v1/items/nobody");
        await item.IsProblemAsync(404, "item_not_found", "nobody");
    }

    [Fact]
    public async Task Every_documented_error_code_has_a_line_in_the_documentation()
    {
        var documented = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "docs", "errors.md"));

        Assert.All(Tributary.Api.Errors.ErrorCodes.All, code => Assert.Contains($"| `{code}` |", documented));
    }

    [Fact]
    public async Task Health_says_live_and_ready()
    {
        Assert.Equal("live", (await Server.GetAsync("/health/live")).GetProperty("status").GetString());
        Assert.Equal("ready", (await Server.GetAsync("/health/ready")).GetProperty("status").GetString());
    }
}
