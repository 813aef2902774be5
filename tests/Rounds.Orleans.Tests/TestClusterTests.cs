using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.TestingHost.Clusters;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>What can be done to the silos of a test cluster is done to them, over real sockets.</summary>
public sealed class TestClusterTests
{
    [Fact]
    public async Task A_silo_that_stands_still_answers_nothing_and_goes_on_where_it_was()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        var own = second.Grains.GetGrain<IProbeGrain>(KeyAt(cluster, second));
        var probe = first.Grains.GetGrain<IProbeGrain>(KeyAt(cluster, second));
        await probe.Add(1);
        var round = await RoundOfAsync(first, second);

        cluster.Freeze(second);
        var fromOutside = probe.Add(1).AsTask();
        var fromInside = own.Add(1).AsTask();
        // The other silo makes rounds meanwhile, and this one none. The freeze stays short: Orleans would take the silo
        // for dead.
        var others = first.Grains.GetGrain<IProbeGrain>(KeyAt(cluster, first));
        for (var i = 1; i <= 10; i++)
            Assert.Equal(i, await others.Add(1));
        Assert.InRange(await RoundOfAsync(first, second), round, round + 1);
        Assert.False(fromOutside.IsCompleted || fromInside.IsCompleted);
        cluster.Thaw(second);

        await Task.WhenAll(fromOutside, fromInside);
        Assert.Equal(3, await probe.Read());
        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task A_silo_that_stands_still_for_long_loses_its_partitions_writes_nothing_more_and_ends()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 3);
        var frozen = cluster.Silos[2];
        var key = KeyAt(cluster, frozen);
        var probe = cluster.Silos[0].Grains.GetGrain<IProbeGrain>(key);
        await probe.Add(1);

        cluster.Freeze(frozen);
        // It lies in the frozen silo's inbox, with nobody to answer.
        var inside = frozen.Grains.GetGrain<IProbeGrain>(key).Add(1_000).AsTask();
        await Waiting.UntilAsync(() => cluster.OwnerOf(cluster.PartitionOf(ProbeGrain.GrainType, key)) is { } owner
            && owner != frozen);
        Assert.Equal(1, await probe.Read());
        cluster.Thaw(frozen);
        await frozen.Ended.WaitAsync(Waiting.Limit, TestContext.Current.CancellationToken);

        Assert.Equal(2, await probe.Add(1));
        await cluster.UntilSettledAsync();
        // It got an error, or the silo ended under it, as the silo's process would.
        Assert.False(inside.IsCompletedSuccessfully);
        Assert.Equal(2, cluster.Silos.Count);
    }

    [Fact]
    public async Task A_partition_moves_to_the_silo_that_the_test_names_stays_there_and_no_call_fails()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        var (from, to) = (cluster.Silos[0], cluster.Silos[1]);
        var key = KeyAt(cluster, from);
        var partition = cluster.PartitionOf(ProbeGrain.GrainType, key);
        var probe = cluster.Grains.GetGrain<IProbeGrain>(key);
        using var over = new CancellationTokenSource();
        var calling = Task.Run(async () =>
        {
            for (var count = 1; ; count++)
            {
                Assert.Equal(count, await probe.Add(1));
                if (over.IsCancellationRequested)
                    return count;
            }
        });

        await cluster.MoveAsync(partition, to);
        Assert.Equal(to, cluster.OwnerOf(partition));
        await cluster.MoveAsync(partition, from);
        Assert.Equal(from, cluster.OwnerOf(partition));
        await over.CancelAsync();

        Assert.Equal(await calling, await from.Grains.GetGrain<IProbeGrain>(key).Read());
        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task A_silo_that_is_cut_off_from_the_database_loses_its_partitions_and_ends_when_it_heals()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        var (stays, cut) = (cluster.Silos[0], cluster.Silos[1]);
        var key = KeyAt(cluster, cut);
        await stays.Grains.GetGrain<IProbeGrain>(key).Add(1);

        cluster.CutFromDatabase(cut);
        await Waiting.UntilAsync(() => stays.Engine.PartitionsCount == stays.Engine.Facts.PartitionCount);
        Assert.Equal(2, await stays.Grains.GetGrain<IProbeGrain>(key).Add(1));
        cluster.Heal();

        await cut.Ended.WaitAsync(Waiting.Limit, TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => cluster.Silos.Count == 1);
        Assert.Equal(2, await stays.Grains.GetGrain<IProbeGrain>(key).Read());
    }

    [Fact]
    public async Task Calls_between_silos_that_are_cut_off_from_each_other_arrive_when_it_heals()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 3);
        var (one, other, third) = (cluster.Silos[0], cluster.Silos[1], cluster.Silos[2]);
        var key = KeyAt(cluster, other);
        var probe = one.Grains.GetGrain<IProbeGrain>(key);
        await probe.Add(1);
        // Orleans knows where both are: a new activation would have to be told to silos that are cut off.
        var fromThird = third.Grains.GetGrain<IProbeGrain>(key);
        var ofOne = third.Grains.GetGrain<IProbeGrain>(KeyAt(cluster, one));
        Assert.Equal(1, await fromThird.Read());
        await ofOne.Add(1);

        cluster.Cut(one, other);
        var calling = probe.Add(1).AsTask();
        // The third reaches both.
        Assert.Equal(2, await ofOne.Add(1));
        Assert.Equal(1, await fromThird.Read());
        Assert.False(calling.IsCompleted);
        cluster.Heal();

        Assert.Equal(2, await calling);
        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task A_partition_stays_where_it_is_while_its_new_silo_cannot_be_called()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 3);
        var (owner, home) = (cluster.Silos[0], cluster.Silos[1]);
        var key = KeyAt(cluster, owner);
        var probe = owner.Grains.GetGrain<IProbeGrain>(key);

        cluster.Cut(owner, home);
        var partition = cluster.PartitionOf(ProbeGrain.GrainType, key);
        var moving = cluster.MoveAsync(partition, home, TestContext.Current.CancellationToken);
        // The owner looks several times meanwhile, and what belongs to a silo that it reaches does not wait.
        var count = 0;
        for (var other = 0; other < 3; other++)
        {
            var another = cluster.MoveAsync(
                Enumerable.Range(0, owner.Engine.Facts.PartitionCount).Select(static id => new PartitionId(id))
                    .First(one => one != partition && owner.Engine.IsHere(one)),
                cluster.Silos[2], TestContext.Current.CancellationToken);
            while (!another.IsCompleted)
            {
                Assert.True(owner.Engine.IsHere(partition));
                Assert.Equal(++count, await probe.Add(1));
            }

            await another;
        }

        cluster.Heal();
        await moving;

        Assert.Equal(count, await probe.Read());
        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task Any_silo_may_be_killed_and_the_client_goes_on()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 3);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Probe(i).Add(1).AsTask()));

        await cluster.KillAsync(cluster.Silos[0]);
        await cluster.AddAsync();
        await cluster.UntilSettledAsync();

        var counts = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Probe(i).Add(1).AsTask()));
        Assert.All(counts, static count => Assert.Equal(2, count));
        Assert.Equal(3, cluster.Silos.Count);
        Assert.Empty(cluster.Faults);

        IProbeGrain Probe(int i) => cluster.Grains.GetGrain<IProbeGrain>($"probe {i}");
    }

    // A key whose partition the silo owns.
    private static string KeyAt(TributaryTestCluster cluster, TestSilo silo) => Enumerable.Range(0, 1_000)
        .Select(static i => $"key {i}").First(key =>
            cluster.OwnerOf(cluster.PartitionOf(ProbeGrain.GrainType, key)) == silo);

    private static async Task<long> RoundOfAsync(TestSilo reader, TestSilo of) =>
        (await reader.Store.ReadSilosAsync(TestContext.Current.CancellationToken))
            .Single(row => row.Silo == of.Engine.Silo).Round;
}
