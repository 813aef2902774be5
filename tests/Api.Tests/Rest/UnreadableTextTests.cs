using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tributary.Api.Tests.GraphQL;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

/// <summary>
/// Text that is no text, in every place of a request: bytes that are not UTF-8, and escapes for half of a surrogate
/// pair. The answer is the client's error.
/// </summary>
public sealed class UnreadableTextTests(GraphQLServerFixture fixture) : IClassFixture<GraphQLServerFixture>
{
    /// <summary>A half in the form of UTF-8, a lone continuation byte, a byte that never occurs.</summary>
    private static readonly byte[][] Bytes = [[0xED, 0xA0, 0x80], [0x80], [0xFF], [0xC3]];

    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task In_paths_and_parameters()
    {
        foreach (var bytes in Bytes)
        {
            var escaped = string.Concat(bytes.Select(each => $"%{each:X2}"));
            string[] targets =
            [
                $"GET /api/v1/items/{escaped}", $"GET /api/v1/messages/{escaped}", $"GET /api/v1/aggregates/{escaped}",
                    $"GET /api/v1/records/{escaped}", $"GET /{escaped}", $"GET /js/{escaped}",
                $"GET /api/v1/messages?after={escaped}&limit=1",
                    $"GET /api/v1/messages?offset=0&limit=1&paginationId={escaped}",
                    $"GET /api/v1/messages?{escaped}=1",
                $"GET /api/v1/aggregates/cities?group={escaped}",
                    $"GET /api/v1/aggregates/cities?group=%5B%22{escaped}%22%5D",
                    $"GET /api/v1/aggregates/cities?after={escaped}",
                $"GET /api/v1/failures?source={escaped}",
                    $"GET /api/v1/failures?item={escaped}&plugin={escaped}&error={escaped}",
                    $"GET /api/v1/failures?after={escaped}",
                $"POST /api/v1/failures/retry?item={escaped}", $"POST /api/v1/messages/{escaped}/retry",
                    $"POST /api/v1/messages/{escaped}/park?plugin={escaped}",
                $"POST /api/v1/reprocess?aggregate={escaped}",
                    $"POST /api/v1/generations/{escaped}/switch?generation=1",
                    $"POST /api/v1/messages?source={escaped}",
                $"GET /graphql?query={escaped}", $"GET /graphql?query={{ledger{{balances}}}}&operationName={escaped}",
                    $"GET /graphql?query={{ledger{{balances}}}}&variables={escaped}",
                $"GET /graphql?query=query($i:ID!){{message(id:$i){{id}}}}&variables=%7B%22i%22:%22{escaped}%22%7D",
                    $"GET /ws/v1/?after={escaped}", $"GET /openapi/{escaped}.json", $"GET /docs/{escaped}",
            ];
            foreach (var target in targets)
                await SendAsync(Encoding.ASCII.GetBytes(target).AsMemory(), [],
                    target.Contains("messages?source", StringComparison.Ordinal) ? "{}" : "");
        }
    }

    [Fact]
    public async Task In_headers_and_bodies()
    {
        foreach (var bytes in Bytes)
        {
            foreach (var header in new[] { "Idempotency-Key", "Content-Type", "Accept", "X-Api-Key", "Authorization",
                "Origin", "Host", "Sec-WebSocket-Protocol", "If-None-Match", "Sec-Fetch-Site" })
            {
                await AnswersAsync("POST /api/v1/messages"u8,
                    [.. Encoding.ASCII.GetBytes(header + ": a"), .. bytes, .. "\r\n"u8], "{}");
                await AnswersAsync("POST /graphql"u8,
                    [.. Encoding.ASCII.GetBytes(header + ": a"), .. bytes, .. "\r\n"u8],
                    """{"query":"{ledger{balances}}"}""");
            }

            foreach (var path in new[] { "/api/v1/messages", "/graphql" })
            {
                using var content = new ByteArrayContent([.. "{\"query\":\""u8, .. bytes, .. "\"}"u8]);
                content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
                using var response = await Server.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
                Assert.Equal(400, (int)response.StatusCode);
            }
        }
    }

    [Fact]
    public async Task As_escapes_in_JSON_that_parameters_and_cursors_carry()
    {
        foreach (var half in new[] { @"\ud800", @"\udc00", @"a\ud800b" })
        {
            var json = $"[\"{half}\",\"{half}\"]";
            var cursor = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(json));
            foreach (var path in new[]
                {
                    $"/api/v1/aggregates/cities?group={Uri.EscapeDataString($"[\"{half}\"]")}",
                    $"/api/v1/aggregates/cities?after={cursor}",
                    $"/api/v1/failures?after={cursor}",
                    $"/api/v1/records/none?after={cursor}",
                })
            {
                using var response = await Server.Http.GetAsync(path, TestContext.Current.CancellationToken);
                Assert.True((int)response.StatusCode is >= 400 and < 500, $"{(int)response.StatusCode} for {path}");
            }

            string IdOf(string kind) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{kind}:{json}"));
            foreach (var query in new[]
            {
                $"{{ node(id: \"{IdOf("Item")}\") {{ id }} }}", $"{{ node(id: \"{IdOf("Aggregate")}\") {{ id }} }}",
                    $"{{ node(id: \"{IdOf("Message")}\") {{ id }} }}",
                $"{{ reminders(first: 1, after: \"{IdOf("reminders")}\") {{ nodes {{ name }} }} }}",
                    $"{{ failedCalls(first: 1, after: \"{IdOf("failedCalls")}\") {{ nodes {{ callId }} }} }}",
                $"{{ aggregates(name: \"cities\", first: 1, after: \"{IdOf("aggregates")}\") {{ nodes {{ id }} }} }}",
                    $"{{ items(first: 1, after: \"{IdOf("items")}\") {{ nodes {{ id }} }} }}",
                $"{{ failures(first: 1, after: \"{IdOf("failures")}\") {{ nodes {{ error }} }} }}",
                    $"{{ message(id: \"{half}\") {{ id }} }}",
                $"{{ aggregate(name: \"cities\", group: [\"{half}\"]) {{ id }} }}",
                    $"mutation {{ reprocess(aggregate: \"{half}\") {{ error {{ code }} }} }}",
            })
            {
                var answer = await Server.AskAsync(query);
                if (answer.TryGetProperty("errors", out var errors))
                    Assert.DoesNotContain(errors.EnumerateArray(), error =>
                        error.TryGetProperty("extensions", out var more)
                        && more.ToString().Contains("INTERNAL", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [Fact]
    public async Task In_variables_over_HTTP_and_sockets_it_is_the_error_of_that_request()
    {
        const string Request =
            """{"query":"mutation ($i: PublishInput!) { publish(input: $i) { error { code } } }","variables":{"i":{"source":"s","body":"{\"a\":\"\ud800\"}"}}}""";
        using var content = new StringContent(Request, Encoding.UTF8, "application/json");
        using var response = await Server.Http.PostAsync("/graphql", content, TestContext.Current.CancellationToken);
        var error = JsonElement.Parse(await
            response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("errors")[0];
        Assert.Equal((400, "BAD_REQUEST"),
            ((int)response.StatusCode, error.GetProperty("extensions").GetProperty("code").GetString()));

        // In the body of a message the escape is what the producer wrote, and comes back as it is.
        var receipt = await Server.AcceptAsync("""{"city":"\ud800","v":1}""");
        Assert.Equal("""{"city":"\ud800","v":1}""",
            (await Server.GetAsync($"/api/v1/messages/{receipt.Id}")).GetProperty("message").GetRawText());
        var nodes = (await Server.DataAsync(
            "{ messages(last: 5) { nodes { body bodyText } } aggregates(name: \"cities\") { nodes { group { name value "
            + "} } } }")).GetProperty("messages").GetProperty("nodes");
        Assert.Contains(nodes.EnumerateArray(), node =>
            node.GetProperty("bodyText").GetString()!.Contains("ud800", StringComparison.Ordinal));
    }

    /// <summary>
    /// Sends a request byte by byte as it stands; the answer is no error of the server, and the server answers the
    /// next one.
    /// </summary>
    private async Task SendAsync(ReadOnlyMemory<byte> target, byte[] headers, string body)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Server.Address.Host, Server.Address.Port, TestContext.Current.CancellationToken);
        var text = Encoding.ASCII.GetString(headers);
        var stream = tcp.GetStream();
        await stream.WriteAsync(
            (byte[])[
                .. target.Span, .. " HTTP/1.1\r\n"u8,
                    .. Encoding.ASCII.GetBytes(text.StartsWith("Host", StringComparison.Ordinal) ? ""
                    : $"Host: {Server.Address.Authority}\r\n"), .. headers,
                .. Encoding.ASCII.GetBytes(text.StartsWith("Content-Type", StringComparison.Ordinal) || body.Length == 0
                    ? "" : "Content-Type: application/json\r\n"),
                .. Encoding.ASCII.GetBytes($"Connection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
            ],
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var line = await reader.ReadLineAsync(limit.Token) ?? "nothing";
        Assert.True(line.Split(' ') is [_, { Length: 3 } status, ..] && status[0] is '2' or '4',
            $"{line} for {Encoding.ASCII.GetString(target.Span)} {text}");
    }

    private Task AnswersAsync(ReadOnlySpan<byte> target, byte[] headers, string body) =>
        SendAsync(target.ToArray(), headers, body);
}
