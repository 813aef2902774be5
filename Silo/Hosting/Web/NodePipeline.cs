using Tributary.Api;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Hosting.Web;

/// <summary>
/// Puts the API in front of everything else that the web application serves. The host asks for it when it starts the
/// web server, after the services that the API needs.
/// </summary>
internal sealed class NodePipeline(SiloConfig config, RequestGate requests, NodeState state) : IStartupFilter
{
    private const string Refusal =
        """{"type":"urn:tributary:error:stopping","title":"Stopping","status":503,"detail":"The server is stopping; """
        + """another one, or this one after its restart, takes the request.","code":"stopping"}""";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(AnswerAsync);
        if (config.Roles.HasFlag(Roles.Api))
            TributaryApi.Use(app);
        else
            TributaryApi.UseHealth(app);
        next(app);
    };

    private Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (requests.TryEnter())
            return InsideAsync(context, next);
        // Health checks are answered until the end: they tell load balancers that the server stops.
        var isHealth = context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);
        return isHealth ? next(context) : RefuseAsync(context);
    }

    private async Task InsideAsync(HttpContext context, RequestDelegate next)
    {
        // The client opens its next connection elsewhere, or learns that it has to: this one closes soon.
        if (state.IsStopping)
            context.Response.Headers.Connection = "close";
        try
        {
            await next(context);
        }
        finally
        {
            requests.Leave();
        }
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        context.Response.Headers.Connection = "close";
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(Refusal);
    }
}
