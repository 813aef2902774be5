using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tributary.GraphQL;
using Tributary.GraphQL.Transports;

namespace Tributary.Api.GraphQL;

/// <summary><c>/graphql</c>: HTTP, event streams and WebSocket.</summary>
internal sealed partial class GraphQLRoute(
    ApiNode node, ApiOptions options, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<GraphQLRoute> logger)
{
    public const string Path = "/graphql";

    /// <summary>Escaping at most doubles a body in the request that publishes it; the rest is the operation.</summary>
    private const int RequestFactor = 3;

    public static void Map(IEndpointRouteBuilder app) =>
        ActivatorUtilities.CreateInstance<GraphQLRoute>(app.ServiceProvider).MapTo(app);

    private void MapTo(IEndpointRouteBuilder app)
    {
        var engine = TributarySchema.NewEngine(node, time, new GraphQLOptions
        {
            MaxRequestBytes = Math.Max(new GraphQLOptions().MaxRequestBytes, options.MaxBodyBytes * RequestFactor),
            OnResolverFailure = LogFailed,
            Time = time,
        });
        var http = new GraphQLHttpOptions
        {
            AllowedOrigins = [.. options.AllowedOrigins],
            State = _ => new RequestLimits(options.MaxPageBytes),
            Stopping = lifetime.ApplicationStopping,
        };
        app.MapGraphQL(Path, engine, http);
    }
}
