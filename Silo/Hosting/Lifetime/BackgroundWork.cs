using Tributary.Storage;

namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>
/// Runs work that lasts as long as the process. Work that ends with an error starts again, which it must allow. The
/// process ends when the database cannot be used any more, or when the work ends again and again.
/// </summary>
internal sealed partial class BackgroundWork(ProcessFault fault, TimeProvider time, ILogger<BackgroundWork> logger)
{
    /// <summary>How often in a row work starts again.</summary>
    public const int MaxRestartsCount = 8;

    /// <summary>Work that ran for this long has recovered.</summary>
    private static readonly TimeSpan Sound = TimeSpan.FromMinutes(1);

    // The waits of all restarts that are allowed stay below the cap.
    private static readonly Backoff Restarts = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));

    /// <summary>
    /// Runs the work until <paramref name="stop"/>. The result never faults, and completes when the work has noticed
    /// the stop.
    /// </summary>
    public Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken stop) =>
        Task.Run(() => SuperviseAsync(name, work, stop), CancellationToken.None);

    private async Task SuperviseAsync(string name, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        for (var restarts = 0; ;)
        {
            var began = time.GetTimestamp();
            var error = await TryAsync(name, work, stop);
            if (error is null)
                return;
            if (time.GetElapsedTime(began) >= Sound)
                restarts = 0;
            var isOver = error is StoreException { IsPassing: false } || ++restarts > MaxRestartsCount;
            if (isOver)
                fault.Report(error);
            else
                LogRestarted(logger, name, restarts, MaxRestartsCount, error);
            await WaitAsync(isOver ? Timeout.InfiniteTimeSpan : Restarts.After(restarts), stop);
            // Work that is begun when it is to stop stops at once, as those who wait for its last act expect.
        }
    }

    /// <summary>Null when the work ended because it was told to stop.</summary>
    private static async Task<Exception?> TryAsync(
        string name, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        try
        {
            await work(stop);
            return stop.IsCancellationRequested
                ? null
                : new InvalidOperationException($"{name} ended, and was not told to.");
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The requested end, whatever error it shows as.
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken stop)
    {
        try
        {
            await Task.Delay(delay, time, stop);
        }
        catch (OperationCanceledException)
        {
            // Told to stop: the work notices it next.
        }
    }
}
