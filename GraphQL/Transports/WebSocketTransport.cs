using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>Opens WebSockets of the <c>graphql-transport-ws</c> protocol.</summary>
internal static class WebSocketTransport
{
    public const string Protocol = "graphql-transport-ws";

    public static async Task Accept(HttpContext http, GraphQLEngine engine, GraphQLHttpOptions options)
    {
        // The handshake carries cookies, and no preflight precedes it.
        if (CrossSiteGuard.IsCrossSite(http.Request, options)
            && !http.Request.Headers.ContainsKey(options.PreflightHeader))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        SlowClients.Allow(http);
        var spoken = http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol);
        using var socket = await http.WebSockets.AcceptWebSocketAsync(spoken ? Protocol : null);
        await using var connection = new WebSocketConnection(socket, http, engine, options);
        if (spoken)
            await connection.Run();
        else
            await connection.Close(
                new CloseException(CloseCode.SubprotocolNotAcceptable, $"The subprotocol is {Protocol}"));
    }
}

/// <summary>The close codes of the protocol.</summary>
internal static class CloseCode
{
    public const int InvalidMessage = 4400;
    public const int Unauthorized = 4401;
    public const int Forbidden = 4403;
    public const int SubprotocolNotAcceptable = 4406;
    public const int ConnectionInitTimeout = 4408;
    public const int SubscriberExists = 4409;
    public const int TooManyInits = 4429;
    public const int InternalError = 4500;
    public const int AcknowledgementTimeout = 4504;
    public const int MessageTooBig = (int)WebSocketCloseStatus.MessageTooBig;
}

/// <summary>Ends the connection with this code and reason.</summary>
internal sealed class CloseException(int code, string reason) : Exception(reason)
{
    public int Code { get; } = code;
}
