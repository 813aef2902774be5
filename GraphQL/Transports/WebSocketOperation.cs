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

    /// <summary>The client has completed it: nothing may be sent any more.</summary>
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

    /// <summary>Called when its task ends, which may be at the same time as the client completes it.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            cancellation.Dispose();
        }
    }
}
