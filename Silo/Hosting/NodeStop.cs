using Tributary.Silo.Hosting.Web;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The stop of a node. Its first step comes before any service of the host is stopped: nothing new is taken, and what
/// is in flight is answered while everything that answers it still runs. Then the host stops the web server, then what
/// goes
/// on around the engine (<see cref="FinishAsync"/>), then the Orleans silo, in which the engine leaves last: by then
/// nobody is left who waits for a round.
/// </summary>
internal sealed class NodeStop(
    NodeState state, RequestGate requests, Listeners listeners, NodeBackground background, ProcessFault fault,
    IHostApplicationLifetime lifetime, TimeProvider time) : IHostedLifecycleService
{
    private long began;

    /// <summary>What is left of the time for requests in flight, for their connections to close.</summary>
    public TimeSpan TimeToClose
    {
        get
        {
            var left = DrainLimit - time.GetElapsedTime(began);
            return left > StopLimits.MinClose ? left : StopLimits.MinClose;
        }
    }

    private TimeSpan DrainLimit => fault.Happened.IsCompleted ? StopLimits.FailedDrain : StopLimits.Drain;

    /// <summary>The first step. The host calls it also when it was not told to stop but its start failed.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!state.BeginStop())
            return;
        began = time.GetTimestamp();
        // Sockets and batches end when they see this. The host says it only after this step, which waits for them.
        lifetime.StopApplication();
        // Whoever comes now is told that the server stops.
        requests.Close();
        await listeners.StopAsync();
        // Subscribers are told to come back later.
        await background.CancelAsync();
        await requests.WaitUntilEmptyAsync(DrainLimit, time);
    }

    /// <summary>Ends when the work in the background has ended, before the engine leaves.</summary>
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
