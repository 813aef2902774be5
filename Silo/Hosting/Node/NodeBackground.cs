using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Node;

/// <summary>The background work of this node, until it stops. Supervised: see <see cref="BackgroundWork"/>.</summary>
internal sealed class NodeBackground(BackgroundWork background) : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<Task> running = [];

    public void Run(string name, Func<CancellationToken, Task> work)
    {
        lock (gate)
            running.Add(background.RunAsync(name, work, stopping.Token));
    }

    /// <summary>Tells the work to stop.</summary>
    public Task CancelAsync() => stopping.CancelAsync();

    /// <summary>Completes when all work has noticed the stop.</summary>
    public Task WaitAsync()
    {
        lock (gate)
            return Task.WhenAll(running);
    }

    public void Dispose()
    {
        // A host that is disposed without a stop, because its start failed, has not told the work to stop yet.
        stopping.Cancel();
        stopping.Dispose();
    }
}
