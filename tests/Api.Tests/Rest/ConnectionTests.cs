using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

/// <summary>After every error the same connection takes the next request.</summary>
public class ConnectionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Post = "POST /api/v1/messages HTTP/1.1\r\nContent-Type: application/json";

    [Theory]
    [InlineData(Post, "[1]", 400)]
    [InlineData(Post, "{\"a\":", 400)]
    [InlineData("POST /api/v1/messages HTTP/1.1\r\nContent-Type: text/plain", "{}", 415)]
    [InlineData("POST /api/v1/messages?x=1 HTTP/1.1\r\nContent-Type: application/json", "{}", 400)]
    [InlineData("POST /nowhere HTTP/1.1\r\nContent-Type: application/json", "{}", 404)]
    [InlineData("DELETE /api/v1/messages HTTP/1.1", "{}", 405)]
    [InlineData("GET /api/v1/messages HTTP/1.1", "ignored", 400)]
    [InlineData("POST /api/v1/messages/batch HTTP/1.1\r\nContent-Type: application/json", "{}\n{}\n", 415)]
    public async Task The_connection_stays_usable(string head, string body, int status)
    {
        using var connection = await RawConnection.OpenAsync(fixture.Server);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(status, (await connection.RequestAsync(head, body)).Status);
            Assert.Equal(202, (await connection.RequestAsync(Post, "{}")).Status);
        }
    }

    [Fact]
    public async Task It_stays_usable_after_a_body_that_is_too_large()
    {
        using var connection = await RawConnection.OpenAsync(fixture.Server);
        var large = $"{{\"a\":\"{new string('x', 500_000)}\"}}";

        Assert.Equal(413, (await connection.RequestAsync(Post, large)).Status);
        Assert.Equal(202, (await connection.RequestAsync(Post, "{}")).Status);
    }

    [Fact]
    public async Task It_stays_usable_after_a_chunked_body_that_is_too_large()
    {
        using var connection = await RawConnection.OpenAsync(fixture.Server);
        await connection.SendAsync($"{Post}\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var i = 0; i < 20; i++)
            await connection.SendAsync($"4000\r\n{new string('x', 0x4000)}\r\n");
        await connection.SendAsync("0\r\n\r\n");

        Assert.Equal(413, (await connection.ReadAnswerAsync()).Status);
        Assert.Equal(202, (await connection.RequestAsync(Post, "{}")).Status);
    }

    [Fact]
    public async Task A_body_that_ends_early_harms_nobody()
    {
        using (var cut = await RawConnection.OpenAsync(fixture.Server))
            await cut.SendAsync($"{Post}\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{{\"a\":");

        await fixture.Server.AcceptAsync("""{"after":"cut"}""");
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        using var connection = await RawConnection.OpenAsync(fixture.Server);
        var one = $"{Post}\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n";
        await connection.SendAsync($"{one}{{}}{one}[]{one}{{}}");

        Assert.Equal(202, (await connection.ReadAnswerAsync()).Status);
        Assert.Equal(400, (await connection.ReadAnswerAsync()).Status);
        Assert.Equal(202, (await connection.ReadAnswerAsync()).Status);
    }
}
