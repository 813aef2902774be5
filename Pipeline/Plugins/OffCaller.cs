namespace Tributary.Pipeline.Plugins;

/// <summary>
/// Runs foreign code that may block on a pool thread, and waits for it for a limited time, which begins when it has its
/// thread.
/// </summary>
internal sealed class OffCaller : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<CancellationToken, ValueTask> action;
    private readonly CancellationTokenSource stop;

    private OffCaller(Func<CancellationToken, ValueTask> action, CancellationToken cancellation)
    {
        this.action = action;
        // Not disposed of: the action may look at its token after it was given up.
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>False when it has not ended in time: it is cancelled, and its thread is given up.</summary>
    /// <exception cref="Exception">What the action throws.</exception>
    public static async Task<bool> RunAsync(
        Func<CancellationToken, ValueTask> action, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        var call = new OffCaller(action, cancellation);
        ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
        try
        {
            await call.begun.Task.WaitAsync(cancellation);
            await call.done.Task.WaitAsync(limit, time, cancellation);
            return true;
        }
        catch (TimeoutException) when (!call.done.Task.IsCompleted)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static call => call.Cancel(), call, preferLocal: false);
            return false;
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        begun.SetResult();
        _ = ActAsync();
    }

    private async Task ActAsync()
    {
        try
        {
            await action(stop.Token);
            done.SetResult();
        }
        catch (Exception thrown)
        {
            done.SetException(thrown);
        }
    }

    private void Cancel()
    {
        try
        {
            stop.Cancel();
        }
        catch (AggregateException)
        {
            // What was registered with the token throws; the action has been reported as too slow already.
        }
    }
}
