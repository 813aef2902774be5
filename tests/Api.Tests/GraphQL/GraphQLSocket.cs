using System.Net.WebSockets;
using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>A <c>graphql-transport-ws</c> connection, message by message.</summary>
internal sealed class GraphQLSocket : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
    private readonly ClientWebSocket socket = new();
    private byte[] buffer = new byte[256 * 1024];

    public WebSocketState State => socket.State;

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public static async Task<GraphQLSocket> OpenAsync(RunningServer server)
    {
        var opened = new GraphQLSocket();
        opened.socket.Options.AddSubProtocol("graphql-transport-ws");
        await opened.socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/graphql"), opened.limit.Token);
        await opened.SendAsync(new { type = "connection_init" });
        Assert.Equal("connection_ack", (await opened.ReceiveAsync()).GetProperty("type").GetString());
        return opened;
    }

    public Task SubscribeAsync(string id, string query, object? variables = null) =>
        SendAsync(
            new
            {
                type = "subscribe",
                id,
                payload = new { query, variables },
            });

    public Task CompleteAsync(string id) => SendAsync(new { type = "complete", id });

    /// <summary>The next message, which must not be the close of the connection.</summary>
    public async Task<JsonElement> ReceiveAsync() =>
        await TryReceiveAsync()
        ?? throw new InvalidOperationException($"The server closed with {(int?)socket.CloseStatus}.");

    /// <summary>The next message; null when the server has closed.</summary>
    public async Task<JsonElement?> TryReceiveAsync()
    {
        for (var length = 0; ;)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (received.EndOfMessage)
                return JsonElement.Parse(buffer.AsSpan(0, length));
        }
    }

    /// <summary>The answer in the next message, which must be a <c>next</c> of this operation.</summary>
    public async Task<JsonElement> NextAsync(string id)
    {
        var message = await ReceiveAsync();
        Assert.True(
            message.GetProperty("type").GetString() == "next" && message.GetProperty("id").GetString() == id,
            message.ToString());
        return message.GetProperty("payload");
    }

    public void Dispose()
    {
        socket.Dispose();
        limit.Dispose();
    }

    private Task SendAsync(object message) =>
        socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
}
