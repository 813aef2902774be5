namespace Tributary.Pipeline.Plugins;

/// <summary>
/// Runs foreign code that may block on a pool thread, and waits for a limited time, which begins when the code has its
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
        // Not disposed of: an action that was given up may still look at its token.
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>False when the action has not ended in time: it is cancelled, and its thread is given up.</summary>
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
            // A callback registered with the token threw; the action has been reported as too slow already.
        }
    }
}
