namespace Tributary.GraphQL.Transports;

/// <summary>An operation of a connection.</summary>
internal sealed class WebSocketOperation(string id, CancellationToken connection) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(connection);
    private volatile bool isOver;
    private bool isDisposed;

    public string Id { get; } = id;

    public CancellationToken Token => cancellation.Token;

    /// <summary>True once the client has completed the operation: nothing more may be sent for it.</summary>
    public bool IsOver => isOver;

    public Task Task { get; set; } = Task.CompletedTask;

    public void Cancel()
    {
        isOver = true;
        lock (gate)
        {
            if (!isDisposed) cancellation.Cancel();
        }
    }

    /// <summary>Called when the operation's task ends, possibly while the client completes the operation.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            cancellation.Dispose();
        }
    }
}
