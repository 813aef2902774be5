namespace Tributary.GraphQL.Transports;

/// <summary>An operation of a connection.</summary>
internal sealed class WebSocketOperation(string id, CancellationToken connection)
{
    private readonly CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(connection);
    private volatile bool isOver;

    public string Id { get; } = id;

    public CancellationToken Token => cancellation.Token;

    /// <summary>The client has completed it: nothing may be sent any more.</summary>
    public bool IsOver => isOver;

    public Task Task { get; set; } = Task.CompletedTask;

    public void Cancel()
    {
        isOver = true;
        cancellation.Cancel();
    }
}
