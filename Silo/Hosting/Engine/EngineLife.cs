using Tributary.Rounds.Engine;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Engine;

/// <summary>
/// The engine's start and end as stages of the Orleans silo that it lives in. The engine starts before any grain is
/// activated, and leaves after the last grain is gone: a grain may still write while it ends.
/// </summary>
internal sealed partial class EngineLife(
    SiloStart start, RoundEngine engine, NodeReferences references, ProcessFault fault, ILogger<EngineLife> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private bool isDisposed;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(EngineLife), ServiceLifecycleStage.First, BeginAsync);
        lifecycle.Subscribe(
            nameof(EngineLife), ServiceLifecycleStage.RuntimeStorageServices,
            // When the engine has given up, the start may wait for ever: then it ends with the reason.
            _ => fault.OrEndAsync(start.Joined),
            _ => LeaveAsync());
        lifecycle.Subscribe(nameof(EngineLife), ServiceLifecycleStage.Active, ReachAsync);
    }

    /// <summary>Gives the database back after a start that failed later on.</summary>
    public async ValueTask DisposeAsync()
    {
        // The container knows this object by two service types, and disposes it for each of them.
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        // The start of an engine that has given up may never end; its resources end with the process.
        await Task.WhenAny(start.DisposeAsync().AsTask(), fault.Happened);
        if (engine.IsReady)
            await LeaveAsync();
    }

    private Task BeginAsync(CancellationToken cancellation)
    {
        start.Begin(cancellation);
        return Task.CompletedTask;
    }

    private Task ReachAsync(CancellationToken cancellation)
    {
        references.BecomeReachable();
        return Task.CompletedTask;
    }

    private async Task LeaveAsync()
    {
        using var limit = new CancellationTokenSource(StopLimits.Leave);
        try
        {
            await engine.StopAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // As after a crash: acknowledged messages are durable, and the next start takes over.
            LogNotLeft();
        }
    }
}
