using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>Asks a running server by HTTP.</summary>
internal static class GraphQLClient
{
    /// <summary>The whole answer.</summary>
    public static async Task<JsonElement> AskAsync(this RunningServer server, string query, object? variables = null)
    {
        using var response = await server.Http.PostAsJsonAsync("/graphql", new { query, variables });
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>The data of an answer that must have no errors.</summary>
    public static async Task<JsonElement> DataAsync(this RunningServer server, string query, object? variables = null)
    {
        var answer = await server.AskAsync(query, variables);
        Assert.False(answer.TryGetProperty("errors", out var errors), errors.ToString());
        return answer.GetProperty("data");
    }

    /// <summary>
    /// The answer has one error with this code, and its message holds each of <paramref name="says"/>.
    /// </summary>
    public static async Task<JsonElement> ErrorAsync(
        this RunningServer server, string query, string code, params string[] says)
    {
        var error = Assert.Single((await server.AskAsync(query)).GetProperty("errors").EnumerateArray());
        return error.IsError(code, says);
    }

    public static JsonElement IsError(this JsonElement error, string code, params string[] says)
    {
        var message = error.GetProperty("message").GetString();
        Assert.True(code == error.GetProperty("extensions").GetProperty("code").GetString(), error.ToString());
        foreach (var word in says)
            Assert.Contains(word, message);
        return error;
    }
}

/// <summary>A subscription over an event stream.</summary>
internal sealed class EventSubscription : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private EventSubscription(HttpResponseMessage response, Stream stream)
    {
        this.response = response;
        reader = new StreamReader(stream);
    }

    public static async Task<EventSubscription> OpenAsync(RunningServer server, string query, object? variables = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql")
        {
            Content = JsonContent.Create(new { query, variables }),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new EventSubscription(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next answer, or null when the server has completed.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line == "event: complete")
                return null;
            if (line.StartsWith("data: {", StringComparison.Ordinal))
                return JsonElement.Parse(line["data: ".Length..]);
        }

        throw new EndOfStreamException("The event stream ended without a complete event.");
    }

    /// <summary>The named field of the next answer, which must have no errors.</summary>
    public async Task<JsonElement> NextAsync(string field)
    {
        var answer = await NextAsync() ?? throw new EndOfStreamException("The subscription is complete.");
        Assert.False(answer.TryGetProperty("errors", out var errors), errors.ToString());
        return answer.GetProperty("data").GetProperty(field);
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
        limit.Dispose();
    }
}
