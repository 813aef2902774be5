using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Aggregates;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.TestingHost.Clusters;

namespace Tributary.Rounds.Orleans.Tests.Feed;

/// <summary>Several silos over one database: a watcher at one hears of changes by all.</summary>
public sealed class ChangeLinksTests
{
    [Fact]
    public async Task A_watcher_hears_of_changes_at_other_silos_and_doubts_when_one_of_them_is_gone()
    {
        await using var cluster = new TributaryTestCluster(2, new TestClusterSettings { Silo = AddFeed });
        await cluster.StartAsync(TestContext.Current.CancellationToken);
        await cluster.UntilSettledAsync(TestContext.Current.CancellationToken);
        var (near, far) = (cluster.Silos[0], cluster.Silos[1]);
        Tell(near);
        Tell(far);
        var services = near.Services;
        using var reader = services.GetRequiredService<FeedTail>().Demand.Enter();
        string[] keys = [.. KeysOf(far).Take(2)];
        using var first = await Watcher.StartAsync(services, keys[0]);
        using var second = await Watcher.StartAsync(services, keys[1]);

        // The second key came to the silo by the session of the first.
        await AddAsync(far, first.Key);
        await AddAsync(far, second.Key);
        await Waiting.UntilAsync(() => !first.Told.IsEmpty && !second.Told.IsEmpty);
        Assert.Equal([first.Key], first.Told);
        Assert.Equal(0, second.DoubtsCount);

        var before = first.DoubtsCount;
        await cluster.KillAsync(far);
        await Waiting.UntilAsync(() => first.DoubtsCount > before);
        await cluster.UntilSettledAsync(TestContext.Current.CancellationToken);
        first.Told.Clear();
        await AddAsync(near, first.Key);
        await Waiting.UntilAsync(() => !first.Told.IsEmpty);

        // A silo that joins is listened to as well, and what it changed before that is a doubt.
        before = first.DoubtsCount;
        var third = await cluster.AddAsync();
        Tell(third);
        await cluster.UntilSettledAsync(TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => first.DoubtsCount > before);
        using var watched = await Watcher.StartAsync(services, KeysOf(third).First());
        await AddAsync(third, watched.Key);
        await Waiting.UntilAsync(() => !watched.Told.IsEmpty);
        Assert.Empty(cluster.Faults);
    }

    private static void AddFeed(ISiloBuilder silo)
    {
        silo.Services.AddSingleton<ChangeWatch>();
        silo.Services.AddSingleton<NodeChanges>();
        silo.Services.AddSingleton(static host => new FeedTail(
            host.GetRequiredService<TestSilo>().Store.Messages,
            host.GetRequiredService<RoundEngine>().Facts.HistoryId, new FeedOptions(), TimeProvider.System,
            NullLogger<FeedTail>.Instance));
        silo.AddFeedLinks();
    }

    private static void Tell(TestSilo silo) =>
        silo.Engine.ChangesCommitted = silo.Services.GetRequiredService<ChangeWatch>().Committed;

    private static async Task AddAsync(TestSilo owner, string key) =>
        await owner.Engine.Grains.GetGrain<IAggregateGrain>(key).Apply(new AggregateDelta());

    // Keys of aggregates whose partitions the silo owns.
    private static IEnumerable<string> KeysOf(TestSilo silo)
    {
        var engine = silo.Engine;
        return Enumerable.Range(0, 10_000).Select(static number => $"1/0/[{number}]").Where(key =>
            engine.IsHere(engine.PartitionOf(new RoundGrainId(AggregateKey.GrainType, key))));
    }

    private sealed class Watcher : IDisposable
    {
        private readonly IDisposable watch;
        private int doubtsCount;

        private Watcher(NodeChanges changes, string key)
        {
            Key = key;
            watch = changes.Watch(
                WatchedKey.OfGroup(1, AggregateKey.Parse(key).Group), Told.Enqueue,
                () => Interlocked.Increment(ref doubtsCount));
        }

        public string Key { get; }

        public ConcurrentQueue<string> Told { get; } = [];

        public int DoubtsCount => Volatile.Read(ref doubtsCount);

        public static async Task<Watcher> StartAsync(IServiceProvider services, string key)
        {
            var changes = services.GetRequiredService<NodeChanges>();
            var watcher = new Watcher(changes, key);
            await changes.WhenKnown();
            return watcher;
        }

        public void Dispose() => watch.Dispose();
    }
}
