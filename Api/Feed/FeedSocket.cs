using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tributary.Api.Http;
using Tributary.Feed;
using Tributary.Storage;

namespace Tributary.Api.Feed;

/// <summary><c>/ws/v1/</c>: every committed message's object as posted, one text frame each.</summary>
internal sealed partial class FeedSocket(ApiNode node, ApiOptions options, ILogger<FeedSocket> logger)
{
    /// <summary>
    /// A client offers this subprotocol beside the one that carries its key, because browsers require that the server
    /// chooses one of their offers.
    /// </summary>
    private const string Protocol = "tributary";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new TributaryException(
                "upgrade_required", "Found a plain request; allowed: a WebSocket's opening handshake.");

        // Browsers hide a refused handshake from the page, so errors of parameters come as a close code.
        Position after = default;
        var withCursors = false;
        TributaryException? fault = null;
        try
        {
            var parameters = new Parameters(context.Request, "after", "cursors");
            withCursors = parameters.Flag("cursors");
            after = parameters.Text("after") is { } cursor
                ? Cursor.Parse(cursor, node.History)
                : await node.Tail.ReadEndAsync(context.RequestAborted);
        }
        catch (TributaryException error) when (error is not StoreException)
        {
            fault = error;
        }

        using var subscription = fault is null ? node.Tail.Subscribe(after) : null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null,
            KeepAliveInterval = options.PingInterval,
            KeepAliveTimeout = options.PongTimeout,
        });
        var session = new FeedSession(socket, options, context.RequestAborted);
        try
        {
            if (subscription is null)
                await session.CloseAsync(FeedSession.BadRequest, fault!.Message);
            else
                await session.RunAsync(subscription, withCursors ? new Cursor(node.History, after) : null);
        }
        catch (StoreException error)
        {
            LogReplayFailed(error);
            await session.CloseAsync(
                WebSocketCloseStatus.InternalServerError, "The database is not reachable; try again.");
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is gone, or its client took nothing for too long; nobody reads a close frame.
            LogGone(error.Message);
            socket.Abort();
        }
    }

    /// <summary>Cuts a reason to the bytes that a close frame can carry.</summary>
    internal static string Reason(string text)
    {
        const int MaxBytes = 123;
        while (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            text = text[..^1];
        return text;
    }
}
