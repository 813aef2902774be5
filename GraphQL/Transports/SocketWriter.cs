using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Transports;

/// <summary>Sends messages one at a time, because a socket allows no two sends at once.</summary>
internal sealed class SocketWriter(WebSocket socket, TimeSpan timeout)
{
    /// <summary>The longest reason of a close frame, in bytes of UTF-8 (RFC 6455, section 5.5).</summary>
    private const int MaxReasonBytes = 123;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ArrayBufferWriter<byte> buffer = new();

    public Task Send(string type, string? id, JsonElement? payload, CancellationToken cancellation) =>
        Send(type, id, null, writer => payload?.WriteTo(writer), payload is not null, cancellation);

    /// <summary>Sends an id and a payload that are JSON already.</summary>
    public Task SendRaw(string type, string? id, string? payload, CancellationToken cancellation)
    {
        Action<Utf8JsonWriter>? write = payload is null
            ? null
            : writer => writer.WriteRawValue(payload, skipInputValidation: true);
        return Send(type, null, null, write, payload is not null, cancellation, id);
    }

    public Task SendNext(WebSocketOperation operation, ExecutionResult result, CancellationToken cancellation) =>
        Send("next", operation.Id, operation, result.WriteTo, true, cancellation);

    public Task SendErrors(
        WebSocketOperation operation, IReadOnlyList<GraphQLError> errors, CancellationToken cancellation) =>
        Send("error", operation.Id, operation, writer => ResultWriter.WriteErrors(writer, errors), true, cancellation);

    public Task SendComplete(WebSocketOperation operation, CancellationToken cancellation) =>
        Send("complete", operation.Id, operation, null, false, cancellation);

    /// <summary>Sends the close frame without waiting for the client's, which may never come.</summary>
    public async Task Close(int code, string reason)
    {
        await turn.WaitAsync();
        try
        {
            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
            using var limit = new CancellationTokenSource(timeout);
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, Short(reason), limit.Token);
        }
        catch (Exception gone)
            when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.Abort();
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task Send(
        string type, string? id, WebSocketOperation? operation, Action<Utf8JsonWriter>? payload, bool hasPayload,
        CancellationToken cancellation, string? rawId = null)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (operation is { IsOver: true } || socket.State != WebSocketState.Open) return;
            buffer.ResetWrittenCount();
            using (var writer = new Utf8JsonWriter(buffer, ResultWriter.Options))
            {
                writer.WriteStartObject();
                if (id is not null) writer.WriteString("id"u8, id);
                if (rawId is not null)
                {
                    writer.WritePropertyName("id"u8);
                    writer.WriteRawValue(rawId, skipInputValidation: true);
                }
                writer.WriteString("type"u8, type);
                if (hasPayload)
                {
                    writer.WritePropertyName("payload"u8);
                    payload!(writer);
                }
                writer.WriteEndObject();
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(timeout);
            await socket.SendAsync(buffer.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        }
        finally
        {
            turn.Release();
        }
    }

    private static string Short(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes) reason = reason[..^1];
        return reason;
    }
}
