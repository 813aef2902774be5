using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tributary.Api;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>The HTTP server of a node. Nothing but <see cref="SiloConfig"/> configures it: no files or variables of the framework.</summary>
internal static class WebHost
{
    /// <summary>How long requests in flight may take once the node stops; then their connections are closed.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(6);

    public static WebApplication Build(SiloConfig config, SiloNode node, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "tributary", ContentRootPath = AppContext.BaseDirectory });
        Logs.Configure(builder.Logging, config);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = config.MaxConnectionsCount;
            kestrel.Limits.MaxConcurrentUpgradedConnections = config.Feed.MaxSubscribersCount;
            // Every route that reads a body has its own limit, and answers 413 with what it allows.
            kestrel.Limits.MaxRequestBodySize = null;
            foreach (var address in config.Listen)
                Listen(kestrel, ListenAddress.Parse(address));
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTimeout);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(time);
        TributaryApi.Add(builder.Services, node.Api, config.Api);
        var app = builder.Build();
        app.Use((context, next) => node.Requests.TryEnter() ? AnswerAsync(node, context, next)
            : context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) ? next(context)
            : RefuseAsync(context));
        if (config.Roles.HasFlag(Roles.Api))
            TributaryApi.Use(app);
        else
            TributaryApi.UseHealth(app);
        return app;
    }

    private static async Task AnswerAsync(SiloNode node, HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        finally
        {
            node.Requests.Leave();
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address)
    {
        if (address.Host is null)
            kestrel.ListenLocalhost(address.Port);
        else if (address.Host.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(address.Port);
        else
            kestrel.Listen(address.Host, address.Port);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        context.Response.Headers.Connection = "close";
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(
            """{"type":"urn:tributary:error:stopping","title":"Stopping","status":503,"detail":"The server is stopping; another one, or this one after its restart, takes the request.","code":"stopping"}""");
    }

    /// <summary>Signals are handled by the program, not by the framework.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
