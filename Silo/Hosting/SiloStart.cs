using Tributary.Pipeline.Reading;
using Tributary.Rounds.Engine;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The start of the engine and of what is around it, up to the point where doors may open. It takes about as long as
/// Orleans does to start, and needs nothing of it: so both go on side by side.
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

    /// <summary>Ends when turns run.</summary>
    public Task Joined => joining;

    /// <summary>Ends when what is counted is known and plugins run: no door may open before.</summary>
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

    /// <summary>Tells the start to end, and waits until it has: what it uses may go then.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        await disposing.CancelAsync();
        // How it ended was said to those who waited for it.
        if (isBegun)
            await Task.WhenAny(preparing);
        disposing.Dispose();
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        // Before the database, because what a crash left there may be what fills its disk.
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
        return await definitions.RegisterAsync(host, either.Token);
    }

    private static Task<T> NotBegun<T>() =>
        Task.FromException<T>(new InvalidOperationException("The start of the engine has not begun."));
}
