using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Tributary.Feed;

namespace Tributary.Api.Feed;

/// <summary>
/// One subscriber's connection. The session is the only writer of the socket; its reader only ends it.
/// </summary>
internal sealed class FeedSession
{
    public const WebSocketCloseStatus TooSlow = (WebSocketCloseStatus)4008;
    public const WebSocketCloseStatus BadRequest = (WebSocketCloseStatus)4400;

    private readonly WebSocket socket;
    private readonly ApiOptions options;
    private readonly CancellationTokenSource sending;
    private readonly CancellationTokenSource waiting;
    private readonly Task<WebSocketCloseStatus> receiving;

    public FeedSession(WebSocket socket, ApiOptions options, CancellationToken aborted)
    {
        this.socket = socket;
        this.options = options;
        sending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        waiting = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        receiving = ReceiveAsync();
    }

    /// <summary>Sends until the subscription or the connection ends.</summary>
    /// <param name="beginning">When given, it is the first frame, and every frame carries its cursor.</param>
    public async Task RunAsync(FeedSubscription subscription, Cursor? beginning)
    {
        // After the end of the subscription, the client must take the frame under way soon; else the socket is aborted.
        subscription.Ending = () => sending.CancelAfter(options.CloseTimeout);
        FeedMessage? last = null;
        try
        {
            if (beginning is { } cursor)
                await SendAsync(Encoding.ASCII.GetBytes($"{{\"cursor\":\"{cursor}\"}}"));
            await foreach (var slice in subscription.ReadAllAsync(waiting.Token))
            {
                foreach (var message in slice.Messages)
                {
                    if (subscription.Ended == FeedEnd.TooSlow || waiting.IsCancellationRequested)
                        break;
                    await SendAsync(beginning is null ? message.Body : message.BodyWithCursor);
                    last = message;
                }
            }
        }
        catch (OperationCanceledException) when (!sending.IsCancellationRequested)
        {
            // The client closed the socket, or sent a frame that is not allowed; the reader returns which.
        }

        var resume = last is null ? "" : $" Resume with after={last.Cursor}";
        await (subscription.Ended switch
        {
            FeedEnd.TooSlow => CloseAsync(TooSlow, "Too slow." + resume),
            FeedEnd.Stopped => CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops." + resume),
            _ => CloseAsync(await receiving, ""),
        });
    }

    /// <summary>Sends the close frame and waits a little for the client's.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        sending.CancelAfter(options.CloseTimeout);
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(status, FeedSocket.Reason(reason), sending.Token);
        await Task.WhenAny(receiving, Task.Delay(options.CloseTimeout));
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> frame) =>
        socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, sending.Token);

    /// <summary>Discards the client's frames until it closes. Returns how to close.</summary>
    private async Task<WebSocketCloseStatus> ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(options.MaxClientFrameBytes);
        var length = 0;
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(
                    buffer.AsMemory(0, options.MaxClientFrameBytes), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                    return WebSocketCloseStatus.NormalClosure;
                length += received.Count;
                if (length > options.MaxClientFrameBytes
                    || (length == options.MaxClientFrameBytes && !received.EndOfMessage))
                    return WebSocketCloseStatus.MessageTooBig;
                if (received.EndOfMessage)
                    length = 0;
            }
        }
        catch (WebSocketException)
        {
            return WebSocketCloseStatus.ProtocolError;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await waiting.CancelAsync();
        }
    }
}
