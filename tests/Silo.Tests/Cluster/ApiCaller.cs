using System.Net;
using System.Text;
using System.Text.Json;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Requests to the API of one process.</summary>
internal sealed class ApiCaller(TributaryProcess process) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = process.Address, Timeout = TimeSpan.FromMinutes(4) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(Cancellation)));
    }

    /// <summary>Posts JSON; <paramref name="key"/> is its <c>Idempotency-Key</c>.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        string path, string body = "", string? key = null)
    {
        using var answer = await SendAsync(path, body, "application/json", key);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            Assert.NotNull(answer.Headers.RetryAfter);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(Cancellation)));
    }

    /// <summary>Posts a batch; the status and code of each line.</summary>
    public async Task<List<(int Status, string? Code)>> PostLinesAsync(IEnumerable<string> lines, string? key = null)
    {
        using var answer = await SendAsync(
            "api/v1/messages/batch", string.Join('\n', lines) + "\n", "application/x-ndjson", key);
        var results = await answer.Content.ReadAsStringAsync(Cancellation);
        return
        [
            .. results.TrimEnd().Split('\n').Select(static line => JsonElement.Parse(line)).Select(static line => (
                line.GetProperty("status").GetInt32(),
                line.TryGetProperty("code", out var code) ? code.GetString() : null)),
        ];
    }

    /// <summary>Asks GraphQL; the whole answer.</summary>
    public async Task<JsonElement> AskAsync(string query) =>
        (await PostAsync("graphql", JsonSerializer.Serialize(new Dictionary<string, string> { ["query"] = query })))
        .Body;

    /// <summary>Asserts that a request was refused so.</summary>
    public static void AssertRefused(
        HttpStatusCode status, string code, (HttpStatusCode Status, JsonElement Body) answer) =>
        Assert.Equal((status, code), (answer.Status, answer.Body.GetProperty("code").GetString()));

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string path, string body, string mediaType, string? key)
    {
        using var content = new StringContent(body, Encoding.UTF8, mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await http.SendAsync(request, Cancellation);
    }
}
