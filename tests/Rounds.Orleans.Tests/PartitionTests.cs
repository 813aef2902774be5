using Orleans.Core.Internal;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>Partitions where Orleans places them: a silo that owns what is activated in it, and nothing else.</summary>
public abstract class PartitionTests : IAsyncLifetime
{
    private RoundCluster cluster = null!;

    private int Count => cluster.Host.Facts.PartitionCount;

    public async ValueTask InitializeAsync() =>
        cluster = await RoundCluster.StartAsync(await NewDatabaseAsync(), isAlone: false);

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_watch_activates_partitions_that_nobody_calls()
    {
        await Waiting.UntilAsync(() => cluster.Host.PartitionsCount == Count);

        Assert.All(Enumerable.Range(0, Count), id => Assert.True(cluster.Host.IsHere(new PartitionId(id))));
        Assert.Null(cluster.Fatal);
    }

    [Fact]
    public async Task Calls_reach_partitions_that_come_and_go_and_none_is_lost_or_made_twice()
    {
        const int ProbesCount = 40;
        const int RoundsCount = 25;
        var grains = cluster.SiloGrains;
        var calls = Enumerable.Range(0, ProbesCount).Select(async i =>
        {
            for (var round = 0; round < RoundsCount; round++)
                await grains.GetGrain<IProbeGrain>($"moving {i}").Add(1);
        }).ToList();
        var moves = Task.Run(async () =>
        {
            for (var i = 0; !Task.WhenAll(calls).IsCompleted; i++)
            {
                // Orleans is told to deactivate it, and so it is given; who calls it next brings it back.
                var partition = cluster.Host.PartitionOf(new RoundGrainId(ProbeGrain.GrainType,
                    $"moving {i % ProbesCount}"));
                await grains.GetGrain<IPartitionGrain>(partition.Value).AsReference<IGrainManagementExtension>()
                    .DeactivateOnIdle();
                await Waiting.UntilAsync(() =>
                    cluster.Host.StateOf(partition) != PartitionState.Giving
                        || calls.TrueForAll(static call => call.IsCompleted));
            }
        });

        await Task.WhenAll(calls);
        await moves;

        for (var i = 0; i < ProbesCount; i++)
            Assert.Equal(RoundsCount, await grains.GetGrain<IProbeGrain>($"moving {i}").Read());
        Assert.Null(cluster.Fatal);
    }

    [Fact]
    public async Task A_partition_that_was_given_comes_back_without_a_call()
    {
        await Waiting.UntilAsync(() => cluster.Host.PartitionsCount == Count);
        var probe = cluster.SiloGrains.GetGrain<IProbeGrain>("given");
        Assert.Equal(4, await probe.Add(4));
        var partition = cluster.Host.PartitionOf(new RoundGrainId(ProbeGrain.GrainType, "given"));

        await cluster.SiloGrains.GetGrain<IPartitionGrain>(partition.Value).AsReference<IGrainManagementExtension>()
            .DeactivateOnIdle();
        await Waiting.UntilAsync(() => cluster.Host.IsHere(partition) && cluster.Host.PartitionsCount == Count);

        Assert.Equal(4, await probe.Read());
    }

    [Fact]
    public async Task A_partition_that_the_database_does_not_have_is_refused()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            cluster.SiloGrains.GetGrain<IPartitionGrain>(Count).Count());

        Assert.Contains($"a partition from 0 to {Count - 1}", error.ToString(), StringComparison.Ordinal);
    }

    protected abstract Task<TestDatabase> NewDatabaseAsync();
}

/// <summary>Over SQLite.</summary>
public sealed class SqlitePartitionTests : PartitionTests
{
    protected override Task<TestDatabase> NewDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
}

/// <summary>Over PostgreSQL.</summary>
public sealed class PostgresPartitionTests : PartitionTests
{
    protected override Task<TestDatabase> NewDatabaseAsync() => TestDatabase.PostgresAsync();
}

/// <summary>Which silo a partition belongs to.</summary>
public sealed class RendezvousTests
{
    private const int PartitionsCount = 256;

    private static readonly SiloAddress[] Silos =
        [.. Enumerable.Range(0, 4).Select(static i => SiloAddress.FromParsableString($"10.0.0.{i + 1}:11111@{i + 7}"))];

    [Fact]
    public void Only_what_must_move_moves_when_a_silo_goes()
    {
        for (var partition = 0; partition < PartitionsCount; partition++)
        {
            var before = RendezvousDirector.Choose(partition, Silos);
            var after = RendezvousDirector.Choose(partition, Silos[..3]);
            if (!before.Equals(Silos[3]))
                Assert.Equal(before, after);
        }
    }

    [Fact]
    public void Every_silo_gets_its_share_whatever_the_order_in_which_silos_are_listed()
    {
        var shares = Enumerable.Range(0, PartitionsCount)
            .GroupBy(static partition => RendezvousDirector.Choose(partition, Silos)).ToList();

        Assert.Equal(4, shares.Count);
        Assert.All(shares, static share => Assert.InRange(share.Count(), 40, 90));
        Assert.All(Enumerable.Range(0, PartitionsCount), static partition => Assert.Equal(
            RendezvousDirector.Choose(partition, Silos), RendezvousDirector.Choose(partition, [.. Silos.Reverse()])));
        Assert.Throws<OrleansException>(static () => RendezvousDirector.Choose(3, []));
    }
}
