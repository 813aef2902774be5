using System.Collections.Concurrent;

namespace Tributary.Plugins.Exec;

/// <summary>
/// The workers of one plugin: started on demand, kept while they are usable, restarted
/// with a growing delay when they crash.
/// </summary>
internal sealed class ExecPool(ExecSettings settings, string folder, TimeProvider time, Action<string> log)
    : IAsyncDisposable
{
    private static readonly Backoff Restarts = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim places = new(settings.WorkersCount);
    private readonly ConcurrentStack<ExecWorker> idle = new();
    private readonly ConcurrentDictionary<ExecWorker, bool> all = new();
    private int crashes;
    private bool isClosed;

    /// <summary>Crashes and bad answers since the last good answer.</summary>
    public int CrashesCount => Volatile.Read(ref crashes);

    /// <summary>Starts one worker now, so that a program that cannot run is reported at the start.</summary>
    public void Warm()
    {
        var worker = ExecWorker.Start(settings, folder, time, log);
        all.TryAdd(worker, true);
        idle.Push(worker);
    }

    /// <summary>A worker for one request; the caller gives it back.</summary>
    /// <exception cref="TributaryException"><c>plugin_not_started</c>.</exception>
    public async ValueTask<ExecWorker> TakeAsync(CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref isClosed), this);
            while (idle.TryPop(out var worker))
            {
                if (worker.IsUsable)
                    return worker;
                await LoseAsync(worker);
            }

            // The first crash costs no delay: most crashes are the fault of one message.
            var crashed = Volatile.Read(ref crashes);
            if (crashed > 1)
                await Task.Delay(Restarts.After(crashed - 1), time, cancellation);
            ObjectDisposedException.ThrowIf(Volatile.Read(ref isClosed), this);
            var started = ExecWorker.Start(settings, folder, time, log);
            all.TryAdd(started, true);
            return started;
        }
        catch
        {
            places.Release();
            throw;
        }
    }

    /// <param name="answeredWell">True resets the delay.</param>
    public async ValueTask GiveBackAsync(ExecWorker worker, bool answeredWell)
    {
        if (answeredWell)
            Volatile.Write(ref crashes, 0);
        if (!Volatile.Read(ref isClosed) && worker.IsUsable)
            idle.Push(worker);
        else
            await LoseAsync(worker);
        places.Release();
    }

    /// <summary>Counts a crash or a bad answer, which lengthens the delay before the next start.</summary>
    public void CountCrash() => Interlocked.Increment(ref crashes);

    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref isClosed, true);
        await Task.WhenAll(all.Keys.Select(worker => worker.DisposeAsync(Patience).AsTask()));
        all.Clear();
    }

    private async ValueTask LoseAsync(ExecWorker worker)
    {
        if (all.TryRemove(worker, out _))
            await worker.DisposeAsync();
    }
}
