using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Tributary.Grains;
using Tributary.Runtime.Feed;
using Tributary.Runtime.Hosting;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The engine's start and end as stages of the Orleans silo that it lives in. It is there before any grain is activated,
/// and leaves after the last one is gone: a grain's end may still write.
/// </summary>
internal sealed partial class EngineLife(
    NodeScratch scratch, SiloHost engine, FeedStart feed, ChangeWatch changes, FailureLog failures, ProcessFault fault,
    ILogger<EngineLife> logger) : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private readonly TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource disposing = new();
    private Task start = Task.CompletedTask;
    private bool isDisposed;

    /// <summary>Completes when turns run. Never, when the start fails.</summary>
    public Task Joined => joined.Task;

    public void Participate(ISiloLifecycle lifecycle)
    {
        // Opening the database and what Orleans does until it needs one take about the same time, and do not meet.
        lifecycle.Subscribe(nameof(EngineLife), ServiceLifecycleStage.First, BeginAsync);
        lifecycle.Subscribe(
            nameof(EngineLife), ServiceLifecycleStage.RuntimeStorageServices,
            // What the start waits for may never come when the engine has given up: then it ends with the reason.
            _ => fault.OrEndAsync(start),
            _ => LeaveAsync());
    }

    /// <summary>After a start that failed later on: gives the database back.</summary>
    public async ValueTask DisposeAsync()
    {
        // The container knows it by two names, and disposes it by each of them.
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        await disposing.CancelAsync();
        // A start that failed was reported by the stage that waited for it.
        await Task.WhenAny(start, fault.Happened);
        if (engine.IsReady)
            await LeaveAsync();
        disposing.Dispose();
    }

    private Task BeginAsync(CancellationToken cancellation)
    {
        start = Task.Run(() => StartAsync(cancellation), cancellation);
        return Task.CompletedTask;
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, disposing.Token);
        // Before the database, because what a crash left there may be what fills its disk.
        await scratch.OpenAsync(either.Token);
        await engine.StartAsync(either.Token);
        var tail = feed.Begin(engine.Facts);
        engine.RoundCommitted = tail.Hint;
        engine.ChangesCommitted = round =>
        {
            changes.Committed(round);
            failures.Committed(round);
        };
        joined.SetResult();
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

    [LoggerMessage(
        EventId = 4055, Level = LogLevel.Warning,
        Message = "The last rounds did not end in time: what was not acknowledged by now is not stored.")]
    private partial void LogNotLeft();
}
