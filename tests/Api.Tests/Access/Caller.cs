using System.Net.WebSockets;
using System.Text;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Access;

/// <summary>Sends one request, by whatever transport the address stands for, and tells how it was answered.</summary>
internal static class Caller
{
    private const string Query = """{"query":"{ ledger { balances } }"}""";

    /// <summary>What an address is called with: its method, its path, and what comes along.</summary>
    public static async Task<HttpResponseMessage> CallAsync(this RunningServer server, string method, string path,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT" && !path.Contains("failures")
            && !path.EndsWith("/retry", StringComparison.Ordinal) && !path.EndsWith("/park", StringComparison.Ordinal))
            request.Content = new StringContent(path == "/graphql" ? Query : "{}", Encoding.UTF8,
                path.EndsWith("/batch", StringComparison.Ordinal) ? "application/x-ndjson" : "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public static async Task<int> StatusAsync(this RunningServer server, string method, string path,
        params (string Name, string Value)[] headers)
    {
        using var response = await server.CallAsync(method, path, headers);
        return (int)response.StatusCode;
    }

    /// <summary>The status of a WebSocket's handshake: 101 when it opens.</summary>
    public static async Task<int> HandshakeAsync(this RunningServer server, string path,
        params (string Name, string Value)[] headers)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (path == "/graphql")
            socket.Options.AddSubProtocol("graphql-transport-ws");
        foreach (var (name, value) in headers)
            socket.Options.SetRequestHeader(name, value);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}{path}"), limit.Token);
        }
        catch (WebSocketException)
        {
            // Refused: the status says how.
        }

        return (int)socket.HttpStatusCode;
    }
}
