using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Composition;

/// <summary>
/// The program's own web application. Nothing but <see cref="SiloConfig"/> configures it: no files or variables of the
/// framework.
/// </summary>
internal static class WebServer
{
    public static WebApplicationBuilder NewBuilder(SiloConfig config)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "tributary", ContentRootPath = AppContext.BaseDirectory });
        Logs.Configure(builder.Logging, config);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, config));
        builder.Services.Configure<HostOptions>(options =>
            options.ShutdownTimeout = config.StopDelay + StopLimits.Whole);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder;
    }

    private static void Configure(KestrelServerOptions kestrel, SiloConfig config)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = config.MaxConnectionsCount;
        kestrel.Limits.MaxConcurrentUpgradedConnections = config.Feed.MaxSubscribersCount;
        // Every route that reads a body has its own limit, and answers 413 with what it allows.
        kestrel.Limits.MaxRequestBodySize = null;
        foreach (var address in config.Listen)
            Listen(kestrel, ListenAddress.Parse(address));
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

    /// <summary>The program handles signals, not the framework.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
