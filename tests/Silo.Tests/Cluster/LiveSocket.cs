using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Tributary.Tests.Shared;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>Subscriptions over one <c>graphql-transport-ws</c> socket, and what each was sent.</summary>
internal sealed class LiveSocket : IAsyncDisposable
{
    private const int MaxFrameBytes = 64 * 1024;

    private readonly ClientWebSocket socket = new();
    private readonly CancellationTokenSource ending = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<JsonElement>> events = new();
    private readonly ConcurrentQueue<string> errors = new();
    private Task reading = Task.CompletedTask;

    public static async Task<LiveSocket> OpenAsync(Uri server, CancellationToken cancellation)
    {
        var opened = new LiveSocket();
        opened.socket.Options.AddSubProtocol("graphql-transport-ws");
        await opened.socket.ConnectAsync(new Uri($"ws://{server.Authority}/graphql"), cancellation);
        await opened.SendAsync(new { type = "connection_init" });
        opened.reading = Task.Run(opened.ReadAsync, CancellationToken.None);
        return opened;
    }

    /// <summary>Errors that ended subscriptions.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    public Task SubscribeAsync(string id, string query)
    {
        events[id] = new ConcurrentQueue<JsonElement>();
        return SendAsync(new { type = "subscribe", id, payload = new { query } });
    }

    /// <summary>What the subscription was sent so far: the value of its one field.</summary>
    public IReadOnlyList<JsonElement> EventsOf(string id) => [.. events[id]];

    /// <summary>Waits until the last event of the subscription is so.</summary>
    public async Task UntilAsync(string id, Func<JsonElement, bool> isSo)
    {
        try
        {
            await Waiting.UntilAsync(() => !errors.IsEmpty || (EventsOf(id) is [.., var last] && isSo(last)));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{id} was sent: {string.Join("; ", EventsOf(id).TakeLast(5))}");
        }

        Assert.Empty(errors);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await reading;
        socket.Dispose();
        ending.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            var buffer = new byte[MaxFrameBytes];
            for (var length = 0; ;)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), ending.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    return;
                length += received.Count;
                if (!received.EndOfMessage)
                    continue;
                Take(JsonElement.Parse(buffer.AsSpan(0, length)));
                length = 0;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            // This test or its server ends the connection.
        }
    }

    private void Take(JsonElement frame)
    {
        if (frame.GetProperty("type").GetString() is not ("next" or "error"))
            return;
        var payload = frame.GetProperty("payload");
        if (payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("data", out var data)
            && data.ValueKind == JsonValueKind.Object)
        {
            events[frame.GetProperty("id").GetString()!].Enqueue(data.EnumerateObject().First().Value);
            return;
        }

        errors.Enqueue(frame.GetRawText());
    }

    private Task SendAsync(object message) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, ending.Token);
}
