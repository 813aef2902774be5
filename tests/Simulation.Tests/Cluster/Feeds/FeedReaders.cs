using Tributary.Aggregates;
using Tributary.Feed.Changes;
using Tributary.Simulation.Tests.Scenarios;

namespace Tributary.Simulation.Tests.Cluster.Feeds;

/// <summary>The subscribers of a run, and what must hold of what they were sent.</summary>
internal sealed class FeedReaders
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(2);

    private readonly ClusterRun run;
    private readonly CancellationTokenSource leaving = new();
    private readonly List<FeedReader> messages = [];
    private readonly List<(StateReader Reader, Func<ClusterSilo, Task<string?>> Read)> states = [];
    private readonly List<Task> running = [];

    public FeedReaders(ClusterRun run)
    {
        this.run = run;
        var random = run.World.Random;
        for (var left = random.Next(0, 4); left > 0; left--)
            messages.Add(new FeedReader(run));
        for (var left = random.Next(0, 3); left > 0; left--)
            Add(Parcels($"depot {random.Next(3)}"));
        for (var left = random.Next(0, 3); left > 0; left--)
            Add(Group(random.Next(2)));
    }

    public int SubscriptionsCount => messages.Sum(static reader => reader.SubscriptionsCount);

    public void Begin()
    {
        running.AddRange(messages.Select(reader => reader.RunAsync(leaving.Token)));
        running.AddRange(states.Select(one => one.Reader.RunAsync(leaving.Token)));
    }

    /// <summary>When everything has come to rest: all is sent within a time, and nothing else was.</summary>
    public async Task EndAsync()
    {
        for (var since = run.World.Time.Elapsed; await MissingAsync() is { } missing;)
        {
            if (run.World.Time.Elapsed - since > MaxDelay)
                throw new InvalidOperationException(missing);
            await run.World.Delay(TimeSpan.FromMilliseconds(100));
        }

        foreach (var reader in messages)
            reader.Check();
        leaving.Cancel();
        foreach (var one in running)
            await one;
    }

    private void Add((WatchedKey Key, Func<ClusterSilo, Task<string?>> Read) state) =>
        states.Add((new StateReader(run, state.Key, state.Read), state.Read));

    private async Task<string?> MissingAsync()
    {
        if (running.Find(static one => one.IsFaulted) is { } failed)
            await failed;
        if (messages.Exists(static reader => !reader.IsAtEnd))
            return "A subscriber of the feed is not sent what is durable.";
        foreach (var (reader, read) in states)
        {
            var newest = await read(run.Any());
            if (newest is null || newest != reader.Last)
                return $"A {reader} was sent {reader.Last} last, and the state is {newest ?? "not answered"}.";
        }

        return null;
    }

    private (WatchedKey Key, Func<ClusterSilo, Task<string?>> Read) Parcels(string key) =>
        (WatchedKey.OfItem(key), silo => AskAsync(silo, async grains =>
        {
            var state = await grains.GetGrain<IParcelGrain>(key).Read();
            return $"{state.Count} {state.DoneCount} {state.RaisedCount} {string.Join(' ', state.Open)}";
        }));

    private (WatchedKey Key, Func<ClusterSilo, Task<string?>> Read) Group(int group)
    {
        var key = new AggregateKey(1, 0, $"[{group}]");
        return (WatchedKey.OfGroup(key.Generation, key.Group), silo => AskAsync(silo, async grains =>
            $"{(await grains.GetGrain<IAggregateGrain>(key.ToString()).Read())?.Count ?? 0}"));
    }

    private async Task<string?> AskAsync(ClusterSilo silo, Func<IRoundGrains, ValueTask<string>> read) =>
        silo.HasStarted
            ? (await ClusterCaller.AskAsync(run, silo, () => read(silo.Grains))).Answer?.Answer : null;
}
