using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Tributary.Silo.Configuration;
using Tributary.Silo.Demo;

namespace Tributary.Silo.Hosting;

/// <summary>One life of the program: start, serve, stop in order.</summary>
internal sealed partial class Server(Settings settings, bool isDemo, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>How long the engine may take to finish its rounds and leave once no request is in flight.</summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(3);

    private readonly ILogger logger = loggers.CreateLogger<Server>();

    /// <summary>Serves until <paramref name="stop"/>, then answers what is in flight and leaves.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var node = await SiloNode.StartAsync(settings, time, loggers, stop);
        try
        {
            if (isDemo)
                await DemoLoader.RunAsync(node.Api, stop);
            await using var app = WebHost.Build(settings, node, time);
            await app.StartAsync(stop);
            LogServing(string.Join(", ", app.Urls));
            await WaitAsync(stop);
            LogStopping();
            // Nothing new is taken; the engine still runs, so that what is in flight gets its answer.
            await node.BeginStopAsync();
            await app.StopAsync(CancellationToken.None);
        }
        finally
        {
            using var limit = new CancellationTokenSource(LeaveTimeout, time);
            await node.StopAsync(limit.Token);
        }

        LogStopped();
    }

    private static async Task WaitAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Urls}: the page at /, the API at /api/v1, its description at /docs.")]
    private partial void LogServing(string urls);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: nothing new is taken, what is in flight is answered.")]
    private partial void LogStopping();

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped.")]
    private partial void LogStopped();
}
