using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tributary.GraphQL.Transports;

/// <summary>Maps an engine to a path of an ASP.NET Core application.</summary>
public static class GraphQLEndpoints
{
    /// <summary>
    /// Serves GraphQL over HTTP, server-sent events and, when the application uses <c>app.UseWebSockets()</c>,
    /// WebSocket at <paramref name="path"/>.
    /// </summary>
    public static IEndpointConventionBuilder MapGraphQL(
        this IEndpointRouteBuilder endpoints, string path, GraphQLEngine engine, GraphQLHttpOptions? options = null)
    {
        var settings = options ?? new GraphQLHttpOptions();
        var transport = new HttpTransport(engine, settings);
        // The conventions that the caller adds to the result apply to the console's files too.
        var all = endpoints.MapGroup("");
        if (settings.Console) all.MapGet(path + "/console/{file}", (RequestDelegate)ConsolePage.ServeFile);
        all.Map(path, http =>
        {
            if (http.WebSockets.IsWebSocketRequest)
                return WebSocketTransport.Accept(http, engine, settings);
            return settings.Console && ConsolePage.IsWanted(http.Request)
                ? ConsolePage.Serve(http)
                : transport.Handle(http);
        });
        return all;
    }
}
