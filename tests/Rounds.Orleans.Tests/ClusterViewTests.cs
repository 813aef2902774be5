using Tributary.Rounds.Orleans.Silos;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.Rounds.Reports;
using Tributary.TestingHost.Clusters;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>What a silo shows of its whole cluster.</summary>
public sealed class ClusterViewTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_silo_shows_all_silos_what_each_owns_and_why_partitions_moved()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        var (from, to) = (cluster.Silos[0], cluster.Silos[1]);
        var moved = Enumerable.Range(0, 256).Select(static id => new PartitionId(id))
            .First(partition => cluster.OwnerOf(partition) == from);
        await cluster.MoveAsync(moved, to);
        // The old owner hears a moment later that the new one has the partition, and notes the move then.
        await Waiting.UntilAsync(async () => Report(
                await from.Services.NewClusterReader().ReadAsync(Cancellation), from).Moves
            .Any(static move => move is { Kind: SiloMoveKind.Given, PartitionsCount: 1 }));

        foreach (var silo in cluster.Silos)
        {
            var state = await silo.Services.NewClusterReader().ReadAsync(Cancellation);

            Assert.Equal(
                cluster.Silos.Select(static one => one.Engine.Silo).Order(ById),
                state.Silos.Select(static one => one.Row.Silo).Cast<SiloId?>());
            Assert.All(state.Silos, static one => Assert.Null(one.Silence));
            Assert.Equal(256, state.Partitions.Count);
            Assert.Equal(to.Engine.Silo, state.Partitions[moved.Value].Silo);
            Assert.All(cluster.Silos, one => Assert.Equal(
                one.Engine.PartitionsCount, Report(state, one).PartitionsCount));
            Assert.All(state.Silos, one => Assert.Equal(
                one.Report!.PartitionsCount, state.Partitions.Count(place => place.Silo == one.Row.Silo)));
            Assert.Contains(Report(state, from).Moves, static move =>
                move is { Kind: SiloMoveKind.Given, PartitionsCount: 1 });
            Assert.Contains(Report(state, to).Moves, static move =>
                move is { Kind: SiloMoveKind.Taken, PartitionsCount: 1 });
        }
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_is_shown_with_what_the_database_knows()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        var (asked, frozen) = (cluster.Silos[0], cluster.Silos[1]);

        cluster.Freeze(frozen);
        var state = await asked.Services.NewClusterReader().ReadAsync(Cancellation);
        cluster.Thaw(frozen);

        var silent = state.Silos.Single(silo => silo.Row.Silo == frozen.Engine.Silo);
        Assert.Null(silent.Report);
        Assert.Equal("It did not answer within 1 s.", silent.Silence);
        Assert.Equal(frozen.Address.ToParsableString(), silent.Row.Address);
        Assert.Null(state.Silos.Single(silo => silo.Row.Silo == asked.Engine.Silo).Silence);
        Assert.Contains(state.Partitions, place => place.Silo == frozen.Engine.Silo);
    }

    private static Comparer<SiloId?> ById => Comparer<SiloId?>.Create(static (one, other) =>
        Nullable.Compare(one?.Value, other?.Value));

    private static SiloReport Report(ClusterState state, TestSilo silo) =>
        state.Silos.Single(one => one.Row.Silo == silo.Engine.Silo).Report!;
}
