using Tributary.Rounds.Engine;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The engine's start and end as stages of the Orleans silo that it lives in. It is there before any grain is
/// activated,
/// and leaves after the last one is gone: a grain's end may still write.
/// </summary>
internal sealed partial class EngineLife(
    SiloStart start, RoundEngine engine, ProcessFault fault, ILogger<EngineLife> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private bool isDisposed;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(EngineLife), ServiceLifecycleStage.First, BeginAsync);
        lifecycle.Subscribe(
            nameof(EngineLife), ServiceLifecycleStage.RuntimeStorageServices,
            // What the start waits for may never come when the engine has given up: then it ends with the reason.
            _ => fault.OrEndAsync(start.Joined),
            _ => LeaveAsync());
    }

    /// <summary>After a start that failed later on: gives the database back.</summary>
    public async ValueTask DisposeAsync()
    {
        // The container knows it by two names, and disposes it by each of them.
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        // The start of an engine that has given up may never end, and what it holds ends with the process.
        await Task.WhenAny(start.DisposeAsync().AsTask(), fault.Happened);
        if (engine.IsReady)
            await LeaveAsync();
    }

    private Task BeginAsync(CancellationToken cancellation)
    {
        start.Begin(cancellation);
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
            // As after a crash: what was acknowledged is durable, and the next start takes over.
            LogNotLeft();
        }
    }
}
