namespace Tributary.TestingHost.Clusters;

/// <summary>Lets everything pass until it is closed; then all wait until it is open again.</summary>
internal sealed class Gate
{
    private TaskCompletionSource? closed;

    public bool IsOpen => Volatile.Read(ref closed) is null;

    public void Close() => Interlocked.CompareExchange(
        ref closed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    public void Open() => Interlocked.Exchange(ref closed, null)?.TrySetResult();

    public async ValueTask PassAsync(CancellationToken cancellation)
    {
        while (Volatile.Read(ref closed) is { } shut)
            await shut.Task.WaitAsync(cancellation);
    }

    /// <summary>Blocks the thread.</summary>
    public void Pass()
    {
        while (Volatile.Read(ref closed) is { } shut)
            shut.Task.Wait();
    }
}
