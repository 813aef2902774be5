using Orleans.Runtime;
using Tributary.Rounds.Orleans.Feed;

namespace Tributary.Simulation.Tests.Cluster.Feeds;

/// <summary>
/// What one process reports to another over the network: reports are late, get lost with their connection, and are
/// never heard of.
/// </summary>
/// <param name="sender">Completes when the process that asks has ended.</param>
/// <param name="other">Completes when the process that is asked has ended.</param>
internal sealed class FarChanges(ClusterRun run, ChangeSessions sessions, Task sender, Task other) : IChangeSource
{
    private readonly Random random = run.World.Random;

    public Task<long> Open(WireKey[] keys) => AskAsync(() => Task.FromResult(sessions.Open(keys)));

    public Task<bool> Change(long session, WireKey[] added, WireKey[] removed) =>
        AskAsync(() => Task.FromResult(sessions.Change(session, added, removed)));

    public Task<ChangeReport?> Listen(long session) => AskAsync(() => sessions.ListenAsync(session));

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        await TravelAsync();
        var answer = ask();
        if (await Task.WhenAny(answer, other) != answer)
            throw new SiloUnavailableException("The silo has ended.");
        await TravelAsync();
        return await answer;
    }

    private async Task TravelAsync()
    {
        await run.World.Delay(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(200) : random.Next(10)));
        if (sender.IsCompleted || (!run.IsCalm && random.Next(100) == 0))
            await new TaskCompletionSource().Task;
        if (other.IsCompleted || (!run.IsCalm && random.Next(30) == 0))
            throw new SiloUnavailableException("The world broke a connection.");
    }
}
