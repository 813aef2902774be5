using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Web;

namespace Tributary.Silo.Hosting.Node;

/// <summary>
/// Stops a node. The first step comes before any service of the host is stopped. The node is not ready from then on,
/// and serves on for <see cref="SiloConfig.StopDelay"/>, so that proxies send their requests elsewhere before one is
/// lost. Then new requests are refused, and requests in flight are answered while everything that answers them still
/// runs. Then the host stops the web server, then the work around the engine (<see cref="FinishAsync"/>), then the
/// Orleans silo, in which the engine leaves last: by then no request waits for a round.
/// </summary>
internal sealed class NodeStop(
    SiloConfig config, NodeState state, RequestGate requests, Listeners listeners, NodeBackground background,
    ProcessFault fault, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedLifecycleService
{
    private long began;

    /// <summary>The rest of the time for requests in flight, which their connections have to close.</summary>
    public TimeSpan TimeToClose
    {
        get
        {
            var left = DrainLimit - time.GetElapsedTime(began);
            return left > StopLimits.MinClose ? left : StopLimits.MinClose;
        }
    }

    private TimeSpan DrainLimit => fault.Happened.IsCompleted ? StopLimits.FailedDrain : StopLimits.Drain;

    /// <summary>The first step. The host also calls it when its start failed.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!state.BeginStop())
            return;
        await ServeOnAsync();
        began = time.GetTimestamp();
        // Sockets and batches end when they see this. The host itself signals it only after this step, which waits for
        // them.
        lifetime.StopApplication();
        // New requests are told that the server stops.
        requests.Close();
        await listeners.StopAsync();
        // Subscribers are told to come back later.
        await background.CancelAsync();
        await requests.WaitUntilEmptyAsync(DrainLimit, time);
    }

    // A node that cannot go on, or did not start, has nothing to serve.
    private async Task ServeOnAsync()
    {
        if (config.StopDelay > TimeSpan.Zero && lifetime.ApplicationStarted.IsCancellationRequested)
            await Task.WhenAny(fault.Happened, Task.Delay(config.StopDelay, time));
    }

    /// <summary>Completes when the background work has ended, before the engine leaves.</summary>
    public async Task FinishAsync()
    {
        await background.CancelAsync();
        await background.WaitAsync();
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
