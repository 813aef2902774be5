namespace Tributary.Silo.Tests.Live;

/// <summary>
/// Clients that lost the server wait here until it is up again, instead of trying for as long as it is not.
/// </summary>
internal sealed class ServerGate
{
    private volatile TaskCompletionSource up = Completed();

    /// <summary>From now on clients wait. Called before the server goes.</summary>
    public void Close() => up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => up.TrySetResult();

    public Task WaitAsync(CancellationToken cancellation) => up.Task.WaitAsync(cancellation);

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
