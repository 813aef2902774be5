using Tributary.Feed.Changes;
using Tributary.Rounds.Engine;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Generations;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Hosting.Engine;

/// <summary>
/// Starts the engine and the services around it, up to the point where doors may open. This takes about as long as the
/// start of Orleans, and needs nothing of Orleans, so both run in parallel. In a cluster the definitions wait for
/// Orleans, because their grains may run in another silo.
/// </summary>
internal sealed class SiloStart(
    SiloConfig config,
    NodeScratch scratch,
    RoundEngine engine,
    FeedStart feed,
    ChangeWatch changes,
    FailureLog failures,
    NodeStore store,
    NodePlugins plugins,
    DefinitionsStart definitions,
    NodeReferences references,
    Room room,
    ILogger<SiloStart> logger
) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposing = new();
    private Task joining = NotBegun<bool>();
    private Task<Definitions> preparing = NotBegun<Definitions>();
    private bool isBegun;
    private bool isDisposed;

    /// <summary>Completes when turns run.</summary>
    public Task Joined => joining;

    /// <summary>Completes when the definitions are known and plugins run: no door may open before.</summary>
    public Task<Definitions> Prepared => preparing;

    /// <summary>Returns at once; a second call changes nothing.</summary>
    public void Begin(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (isBegun)
                return;
            isBegun = true;
            var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, disposing.Token);
            joining = Task.Run(() => JoinAsync(either.Token), CancellationToken.None);
            preparing = Task.Run(() => PrepareAsync(either), CancellationToken.None);
        }
    }

    /// <summary>Cancels the start and waits until it has ended: then the services that it uses may go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        await disposing.CancelAsync();
        // The code that waited for the start has seen its error.
        if (isBegun)
            await Task.WhenAny(preparing);
        disposing.Dispose();
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        // Before the database, because files that a crash left there may fill the disk of the database.
        await scratch.OpenAsync(cancellation);
        await engine.StartAsync(cancellation);
        var tail = feed.Begin(engine.Facts);
        engine.RoundCommitted = tail.Hint;
        engine.ChangesCommitted = round =>
        {
            changes.Committed(round);
            failures.Committed(round);
        };
    }

    private async Task<Definitions> PrepareAsync(CancellationTokenSource either)
    {
        using var linked = either;
        await joining;
        await room.WaitAsync(
            () => InitScript.RunAsync(config.InitScript, store.Store.PluginTables, logger, either.Token), either.Token);
        var host = await plugins.StartAsync(either.Token);
        await references.WhenReachable.WaitAsync(either.Token);
        return await definitions.RegisterAsync(host, either.Token);
    }

    private static Task<T> NotBegun<T>() =>
        Task.FromException<T>(new InvalidOperationException("The start of the engine has not begun."));
}
