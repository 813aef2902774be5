using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Tributary.Api;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>A node behind its HTTP server: one life of the program.</summary>
public sealed partial class SiloApp : IAsyncDisposable
{
    /// <summary>How long the engine may take to finish its rounds and leave once no request is in flight.</summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The same for requests in flight of a process that cannot go on: most of them wait for what will not come.</summary>
    private static readonly TimeSpan FailedDrainTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How long connections may take to close at least.</summary>
    private static readonly TimeSpan MinCloseTimeout = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication web;
    private readonly SiloNode node;
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;

    private SiloApp(WebApplication web, SiloNode node, ILoggerFactory loggers)
    {
        this.web = web;
        this.node = node;
        this.loggers = loggers;
        logger = loggers.CreateLogger<SiloApp>();
    }

    /// <summary>Where it listens, with the ports that it was given.</summary>
    public IReadOnlyList<string> Addresses => [.. web.Urls];

    /// <summary>Completes when the process must end, with the reason: the database can be used no more, say, or a broker ended as none may.</summary>
    public Task<Exception> Failed => node.Failed;

    /// <summary>Starts the node, then the server: whoever reaches the address is served.</summary>
    /// <exception cref="Runtime.Store.StoreException">The database cannot be used, or another process holds it.</exception>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static Task<SiloApp> StartAsync(SiloConfig config, CancellationToken cancellation = default) =>
        StartAsync(config, static (_, _) => Task.CompletedTask, cancellation);

    /// <param name="prepare">Done when the node takes messages and before anybody reaches it.</param>
    internal static async Task<SiloApp> StartAsync(SiloConfig config, Func<ApiNode, CancellationToken, Task> prepare, CancellationToken cancellation)
    {
        var logs = LoggerFactory.Create(logging => Logs.Configure(logging, config));
        SiloNode? started = null;
        try
        {
            FreeAddresses.Check(config.Listen);
            started = await SiloNode.StartAsync(config, TimeProvider.System, logs, cancellation);
            await prepare(started.Api, cancellation);
            var app = new SiloApp(WebHost.Build(config, started, TimeProvider.System), started, logs);
            await app.web.StartAsync(cancellation);
            app.LogRoles(config.Roles);
            return app;
        }
        catch
        {
            if (started is not null)
            {
                await LeaveAsync(started, logs.CreateLogger<SiloApp>());
                await started.DisposeAsync();
            }

            logs.Dispose();
            throw;
        }
    }

    /// <summary>Takes nothing new, answers what is in flight, finishes its rounds, leaves.</summary>
    public async Task StopAsync()
    {
        LogStopping();
        var began = TimeProvider.System.GetTimestamp();
        var limit = Failed.IsCompleted ? FailedDrainTimeout : WebHost.DrainTimeout;
        // Sockets and batches end when they see this.
        web.Lifetime.StopApplication();
        // The engine still runs while requests in flight get their answers, and whoever comes now is told that the server stops.
        await node.BeginStopAsync();
        await node.Requests.WaitUntilEmptyAsync(limit, TimeProvider.System);
        var left = limit - TimeProvider.System.GetElapsedTime(began);
        using var closing = new CancellationTokenSource(left > MinCloseTimeout ? left : MinCloseTimeout);
        await web.StopAsync(closing.Token);
        await LeaveAsync(node, logger);
        LogStopped();
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        await node.DisposeAsync();
        loggers.Dispose();
    }

    private static async Task LeaveAsync(SiloNode node, ILogger logger)
    {
        using var limit = new CancellationTokenSource(LeaveTimeout);
        try
        {
            await node.StopAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // As after a crash: what was acknowledged is durable, and the next start takes over.
            LogNotLeft(logger);
        }
    }

    private void LogRoles(Roles roles)
    {
        var urls = string.Join(", ", Addresses);
        if (!roles.HasFlag(Roles.Api))
            LogHealthOnly(urls);
        else if (!roles.HasFlag(Roles.Silo))
            LogReading(urls);
        else
            LogServing(urls);
    }

    [LoggerMessage(EventId = 4051, Level = LogLevel.Information, Message = "Serving {Urls}: the page at /, the API at /api/v1, its description at /docs.")]
    private partial void LogServing(string urls);

    [LoggerMessage(EventId = 4052, Level = LogLevel.Information, Message = "Serving {Urls}: /health only, because this process has the role silo and not the role api.")]
    private partial void LogHealthOnly(string urls);

    [LoggerMessage(EventId = 4053, Level = LogLevel.Information, Message = "Serving {Urls}, reads only, because this process has the role api and not the role silo: the page at /, the API at /api/v1, its description at /docs.")]
    private partial void LogReading(string urls);

    [LoggerMessage(EventId = 4054, Level = LogLevel.Information, Message = "Stopping: nothing new is taken, what is in flight is answered.")]
    private partial void LogStopping();

    [LoggerMessage(EventId = 4055, Level = LogLevel.Warning, Message = "The last rounds did not end in time: what was not acknowledged by now is not stored.")]
    private static partial void LogNotLeft(ILogger logger);

    [LoggerMessage(EventId = 4056, Level = LogLevel.Information, Message = "Stopped.")]
    private partial void LogStopped();
}
