using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Tributary.Api;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>A node behind a web server.</summary>
public sealed class SiloApp : IAsyncDisposable
{
    /// <summary>How long requests in flight may take to be answered after a stop was asked for.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long the last round and leaving may take after that.</summary>
    public static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(3);

    private readonly WebApplication web;

    private readonly ILoggerFactory loggers;

    private SiloApp(WebApplication web, TributaryNode node, ILoggerFactory loggers)
    {
        this.web = web;
        this.loggers = loggers;
        Node = node;
    }

    public TributaryNode Node { get; }

    /// <summary>Where the server listens, with the ports that it was given.</summary>
    public IReadOnlyList<string> Addresses => [.. web.Urls];

    /// <summary>Cancelled when a stop was asked for.</summary>
    public CancellationToken Stopping => web.Lifetime.ApplicationStopping;

    /// <summary>Starts the node, then the server: whoever reaches the address is served.</summary>
    public static async Task<SiloApp> StartAsync(SiloConfig config, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "tributary" });
        AddLogging(builder.Logging, config);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, config)).UseUrls([.. config.Listen]);

        // The node logs before the server's services exist, and after they are gone.
        var logging = LoggerFactory.Create(kept => AddLogging(kept, config));
        var node = await TributaryNode.StartAsync(config, logging, TimeProvider.System, cancellation);
        try
        {
            TributaryApi.Add(builder.Services, node.Api, config.Api);
            var app = builder.Build();
            TributaryApi.Use(app);
            app.Lifetime.ApplicationStopping.Register(node.StopFeed);
            await app.StartAsync(cancellation);
            return new SiloApp(app, node, logging);
        }
        catch
        {
            await node.StopAsync(cancellation);
            await node.DisposeAsync();
            logging.Dispose();
            throw;
        }
    }

    /// <summary>Runs until a stop is asked for, then answers what is in flight and leaves.</summary>
    public async Task RunAsync()
    {
        await web.WaitForShutdownAsync();
        await LeaveAsync();
    }

    /// <summary>Stops as a signal would.</summary>
    public async Task StopAsync()
    {
        await web.StopAsync();
        await LeaveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        await Node.DisposeAsync();
        loggers.Dispose();
    }

    private async Task LeaveAsync()
    {
        using var limit = new CancellationTokenSource(LeaveTimeout);
        await Node.StopAsync(limit.Token);
    }

    private static void AddLogging(ILoggingBuilder logging, SiloConfig config)
    {
        logging.SetMinimumLevel(config.LogLevel).AddFilter("Microsoft", config.LogLevel > LogLevel.Warning ? config.LogLevel : LogLevel.Warning);
        foreach (var (category, level) in config.LogLevels)
            logging.AddFilter(category, level);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });
    }

    private static void Limit(KestrelServerOptions kestrel, SiloConfig config)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = config.MaxConnectionsCount;
        kestrel.Limits.MaxConcurrentUpgradedConnections = config.Feed.MaxSubscribersCount;
        // Every route that reads a body has its own limit, and answers 413 with what it allows.
        kestrel.Limits.MaxRequestBodySize = null;
    }
}
