using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Feed;
using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Cluster.Feeds;

/// <summary>
/// The feeds of one process: the platform's own tail, and its own links to the other silos, whose membership and
/// network are the world's.
/// </summary>
internal sealed class SiloFeeds
{
    private readonly ClusterRun run;
    private readonly ClusterSilo self;
    private readonly Task process;
    private readonly CancellationTokenSource ending = new();
    private readonly HashSet<Task> running = [];
    private readonly ChangeWatch watch = new();

    private SiloFeeds(ClusterRun run, ClusterSilo self, RoundEngine engine, InMemoryStore store, Task process)
    {
        (this.run, this.self, this.process) = (run, self, process);
        var messages = run.Sabotage == Sabotage.ReadBeyondHorizon ? new BeyondHorizon(run) : store.Messages;
        Tail = new FeedTail(
            messages, engine.Facts.HistoryId, run.FeedOptions, run.World.Time, NullLogger<FeedTail>.Instance);
        Changes = new NodeChanges(watch);
        Sessions = new ChangeSessions(watch, run.World.Time);
        Tail.Demand.Began = Review;
        engine.RoundCommitted = Tail.Hint;
        engine.ChangesCommitted = watch.Committed;
    }

    public FeedTail Tail { get; }

    /// <summary>Changes by rounds of all silos, for the subscribers of this process.</summary>
    public NodeChanges Changes { get; }

    /// <summary>What the nodes know that listen to this process.</summary>
    public ChangeSessions Sessions { get; }

    /// <summary>Begins the feeds of a process; they end with it.</summary>
    public static SiloFeeds Begin(
        ClusterRun run, ClusterSilo self, RoundEngine engine, InMemoryStore store, Task process)
    {
        var feeds = new SiloFeeds(run, self, engine, store, process);
        run.World.Start(() => feeds.Tail.RunAsync(feeds.ending.Token));
        run.World.Start(feeds.WatchAsync);
        return feeds;
    }

    /// <summary>The process ends, or stops.</summary>
    public void End() => ending.Cancel();

    // The view of the membership is late.
    private async Task WatchAsync()
    {
        while (!process.IsCompleted && !run.IsOver)
        {
            await run.World.Delay(TimeSpan.FromMilliseconds(run.World.Random.Next(20, 400)));
            Review();
        }

        End();
    }

    private void Review()
    {
        if (!Tail.Demand.Exists || process.IsCompleted)
            return;
        foreach (var other in run.Silos)
        {
            if (other != self && other.HasStarted && running.Add(other.Ended))
                Listen(other, other.Ended);
        }
    }

    private void Listen(ClusterSilo other, Task otherProcess)
    {
        // The canaries: nothing that other silos do wakes the tail.
        Action hint = run.Sabotage == Sabotage.LoseHints ? static () => { } : Tail.Hint;
        var far = new FarChanges(run, other.Feeds!.Sessions, sender: process, otherProcess);
        var listener = new ChangeListener(far, Changes.Link(), Changes, hint, run.World.Time)
        {
            IsWanted = () => Tail.Demand.Exists,
            CanServe = () => !otherProcess.IsCompleted,
            TryLeave = () =>
                !(Tail.Demand.Exists && !otherProcess.IsCompleted) && running.Remove(otherProcess),
            NotHeard = _ => run.NotHeardCount++,
        };
        run.World.Start(() => listener.RunAsync(ending.Token));
    }
}
