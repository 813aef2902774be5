using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tributary.Bench.Http;

/// <summary>
/// Endpoints without any work, which show the limits of everything that goes through the server. They
/// stand before the API's middleware.
/// </summary>
internal static class BareEndpoints
{
    /// <summary>Answers 202 without a body to any request.</summary>
    public const string Empty = "/bare/empty";

    /// <summary>A WebSocket that sends back each frame.</summary>
    public const string Echo = "/bare/echo";

    /// <summary>A WebSocket that sends frames of 300 bytes for as long as the client takes them.</summary>
    public const string Flood = "/bare/flood";

    private const int FrameBytes = 300;
    private const int FramesPerYieldCount = 64;

    public static void Use(WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (!context.Request.Path.Equals(Empty, StringComparison.Ordinal))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        });
        app.Map(Echo, echo => echo.UseWebSockets().Run(EchoAsync));
        app.Map(Flood, flood => flood.UseWebSockets().Run(FloodAsync));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4_096];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (received.MessageType == WebSocketMessageType.Close)
                    return;
                await socket.SendAsync(
                    buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, received.EndOfMessage,
                    context.RequestAborted);
            }
        }
        catch (Exception error) when (IsGone(error))
        {
            // The bench closed its connection: the measurement is over.
        }
    }

    private static async Task FloodAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var frame = new byte[FrameBytes];
        frame.AsSpan().Fill((byte)'n');
        try
        {
            while (true)
            {
                for (var i = 0; i < FramesPerYieldCount; i++)
                    await socket.SendAsync(
                        frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
                // A send that completes at once would otherwise keep this thread from all other sockets.
                await Task.Yield();
            }
        }
        catch (Exception error) when (IsGone(error))
        {
            // The bench closed its connection: the measurement is over.
        }
    }

    private static bool IsGone(Exception error) =>
        error is WebSocketException or OperationCanceledException or IOException;
}
