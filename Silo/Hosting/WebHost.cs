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

/// <summary>The HTTP server of a node. Nothing but <see cref="Settings"/> configures it: no files or variables of the framework.</summary>
internal static class WebHost
{
    /// <summary>How long requests in flight may take once the node stops; then their connections are closed.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(6);

    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];

    public static WebApplication Build(Settings settings, SiloNode node, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "tributary", ContentRootPath = AppContext.BaseDirectory });
        Logs.Configure(builder.Logging, settings);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = settings.Limits.Connections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = settings.Limits.Subscribers;
            // Every route that reads a body has its own limit, and answers 413 with what it allows.
            kestrel.Limits.MaxRequestBodySize = null;
            foreach (var address in settings.Api.Addresses)
                Listen(kestrel, address);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTimeout);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRouting();
        builder.Services.AddSingleton(time);
        TributaryApi.Add(builder.Services, node.Api, ApiOptionsOf(settings));
        var app = builder.Build();
        app.Use((context, next) => node.IsStopping ? RefuseAsync(context) : next(context));
        TributaryApi.Use(app);
        return app;
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

    private static ApiOptions ApiOptionsOf(Settings settings) => new()
    {
        MaxBodyBytes = settings.Limits.BodyBytes,
        ApiKeys = settings.Api.Keys,
        AllowedHosts = HostsOf(settings.Api),
        AllowedOrigins = settings.Api.Origins,
        Endpoints = settings.Endpoints,
    };

    /// <summary>
    /// A page of the web must not reach a loopback server under a name of its own: without keys only the loopback names are
    /// served, and what is configured.
    /// </summary>
    private static IReadOnlyList<string> HostsOf(ApiSettings api) =>
        api.Keys.Count > 0 || api.Addresses.Any(address => !address.IsLoopback) 
            ? api.Hosts
            : [.. LoopbackNames, .. api.Addresses.Select(address => address.Host?.ToString()).OfType<string>(), .. api.Hosts];

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
