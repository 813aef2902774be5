using Tributary.Feed;
using Tributary.Pipeline.Generations;
using Tributary.Silo.Hosting.Node;
using Tributary.Storage;

namespace Tributary.Silo.Hosting.Generations;

/// <summary>
/// Reads the definitions again when another process may have changed them: every second, and at once when a round or a
/// message shows that a later version counts.
/// </summary>
internal sealed partial class DefinitionsLook(
    NodeBackground background, TimeProvider time, ILogger<DefinitionsLook> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Wakeup asked = new();
    private volatile TaskCompletionSource looked = NewLook();
    private GenerationControl? generations;

    /// <param name="control">What a look refreshes.</param>
    /// <param name="before">Runs before each look.</param>
    public void Begin(GenerationControl control, Func<CancellationToken, Task>? before = null)
    {
        generations = control;
        background.Run("The look for changed definitions", stopping => RunAsync(before, stopping));
    }

    /// <summary>Looks at once.</summary>
    public void Ask() => asked.Wake();

    /// <summary>Completes when this process counts by the version, or by a later one.</summary>
    /// <exception cref="StoreException">The process stops.</exception>
    public async ValueTask UpToAsync(long version)
    {
        while (true)
        {
            var next = looked;
            if (generations!.Book.Stored.Version >= version)
                return;
            Ask();
            await next.Task;
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task>? before, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await asked.WaitAsync(Interval, time, stopping);
                await LookAsync(before, stopping);
            }
        }
        finally
        {
            var last = looked;
            looked = NewLook();
            looked.SetException(Stopped());
            last.TrySetException(Stopped());
        }
    }

    private async Task LookAsync(Func<CancellationToken, Task>? before, CancellationToken stopping)
    {
        var next = NewLook();
        var began = looked;
        try
        {
            if (before is not null)
                await before(stopping);
            await generations!.RefreshAsync(stopping);
            looked = next;
            began.TrySetResult();
        }
        catch (StoreException error) when (error.IsPassing)
        {
            // The definitions that were known before count here until the database answers again; the fence refuses
            // rounds that they do not suffice for.
            LogNotRefreshed(error.Message);
        }
    }

    private static TaskCompletionSource NewLook()
    {
        var look = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Nobody may be waiting when the process stops.
        _ = look.Task.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
        return look;
    }

    private static StoreException Stopped() =>
        new(StoreFault.Transient, "The process stops, and does not read changed definitions any more.");
}
