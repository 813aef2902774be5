using System.Net.WebSockets;
using System.Text;

namespace Tributary.Api.Tests.Support;

/// <summary>A subscriber of the live feed.</summary>
internal sealed class FeedClient : IDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
    private readonly byte[] buffer = new byte[1 << 20];

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public string? SubProtocol => socket.SubProtocol;

    public string? CloseReason => socket.CloseStatusDescription;

    public static async Task<FeedClient> ConnectAsync(
        RunningServer server, string query = "", string? origin = null, Action<ClientWebSocketOptions>? options = null)
    {
        var client = new FeedClient();
        if (origin is not null)
            client.socket.Options.SetRequestHeader("Origin", origin);
        options?.Invoke(client.socket.Options);
        await client.socket.ConnectAsync(new Uri($"ws://{server.Address.Authority}/ws/v1/{query}"), client.limit.Token);
        return client;
    }

    /// <summary>The next frame, or null when the server has closed.</summary>
    public async Task<string?> ReadAsync()
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            Assert.Equal(WebSocketMessageType.Text, received.MessageType);
            length += received.Count;
            if (received.EndOfMessage)
                return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    public async Task<List<string>> ReadAsync(int count)
    {
        var frames = new List<string>();
        while (frames.Count < count)
            frames.Add(
                await ReadAsync()
                    ?? throw new InvalidOperationException(
                        $"Closed with {CloseStatus} {CloseReason} after {frames.Count} frames."));
        return frames;
    }

    public Task SendAsync(byte[] bytes, bool isEnd = true) =>
        socket.SendAsync(bytes, WebSocketMessageType.Text, isEnd, limit.Token);

    public Task CloseAsync() => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);

    public void Dispose()
    {
        socket.Dispose();
        limit.Dispose();
    }
}
