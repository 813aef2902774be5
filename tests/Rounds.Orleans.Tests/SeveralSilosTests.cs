using Microsoft.Extensions.DependencyInjection;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Held;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Orleans.References;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.Rounds.Partitions;
using Tributary.Storage.Failures;
using Tributary.TestingHost.Clusters;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>Several silos over one database: partitions come to where they belong, and no call is lost.</summary>
public sealed class SeveralSilosTests
{
    private const int ProbesCount = 60;

    [Fact]
    public async Task Silos_share_the_partitions_and_each_reaches_all_grains()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 3);

        foreach (var silo in cluster.Silos)
            await AddAsync(silo);

        await AssertCountsAsync(cluster.Silos[0], cluster.Silos.Count);
        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task A_failed_call_is_made_again_at_the_silo_that_owns_its_partition()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        // One-way calls to grains of both silos, which fail: so many that some are at each, wherever partitions belong.
        const int CallsCount = 24;
        for (var i = 0; i < CallsCount; i++)
        {
            await cluster.Silos[0].Grains.GetGrain<IProbeGrain>($"teller {i}")
                .FailAt($"failing {i}", "broken");
        }

        IReadOnlyList<FailureRow> failures = [];
        await Waiting.UntilAsync(async () => (failures = await FailuresAsync(cluster)).Count == CallsCount);

        var results = new List<AgainResult>();
        foreach (var failure in failures)
            results.Add(await ClusterGrainsOf(cluster.Silos[0]).MakeAgainAsync(failure.Id));

        // Failures of both silos.
        var primary = cluster.Silos[0].Engine;
        Assert.Equal(2, failures.Select(row => primary.IsHere(row.Partition)).Distinct().Count());
        Assert.All(results, static result => Assert.Equal(AgainOutcome.Failed, result.Outcome));
        Assert.Equal(CallsCount, (await FailuresAsync(cluster)).Count);
    }

    [Fact]
    public async Task The_partitions_of_a_silo_that_is_killed_come_back_with_everything_acknowledged()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 3);
        await AddAsync(cluster.Silos[0]);

        await cluster.KillAsync(cluster.Silos[2]);
        // A call that is made before may have an unknown outcome, while Orleans sends it to the silo that is gone.
        await cluster.UntilSettledAsync();
        await AddAsync(cluster.Silos[0]);

        await AssertCountsAsync(cluster.Silos[1], 2);
        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task Partitions_move_to_a_new_silo_and_away_from_one_that_stops_and_no_call_fails()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        using var over = new CancellationTokenSource();
        var calling = Enumerable.Range(0, ProbesCount).Select(i => CallUntilAsync(
            cluster.Silos[0].Grains.GetGrain<IProbeGrain>($"probe {i}"), over.Token)).ToList();

        var added = await cluster.AddAsync();
        await Waiting.UntilAsync(() => added.Engine.PartitionsCount > 0);
        await cluster.UntilSettledAsync();
        await cluster.StopAsync(added);
        await cluster.UntilSettledAsync();
        await over.CancelAsync();
        var counts = await Task.WhenAll(calling);

        for (var i = 0; i < ProbesCount; i++)
        {
            Assert.Equal(
                counts[i], await cluster.Silos[1].Grains.GetGrain<IProbeGrain>($"probe {i}").Read());
        }

        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task A_call_in_flight_at_a_silo_that_is_killed_has_an_unknown_outcome_and_a_read_is_repeated()
    {
        await using var cluster = await ProbeCluster.StartAsync(silos: 2);
        var victim = cluster.Silos[1];
        var key = Enumerable.Range(0, 1_000).Select(static i => $"in flight {i}")
            .First(key => victim.Engine.IsHere(
                victim.Engine.PartitionOf(new RoundGrainId(ProbeGrain.GrainType, key))));
        var probe = cluster.Silos[0].Grains.GetGrain<IProbeGrain>(key);
        await probe.Add(3);

        ProbeGrain.Gate.Reset();
        var blocked = probe.Block().AsTask();
        await Waiting.UntilAsync(static () => ProbeGrain.IsBlocking);
        var (adding, reading) = (probe.Add(4).AsTask(), probe.Read().AsTask());
        await Waiting.UntilAsync(() => victim.Engine.WaitingCount >= 2);
        await cluster.KillAsync(victim);
        ProbeGrain.Gate.Set();

        Assert.Equal("silo_lost", (await Assert.ThrowsAsync<SiloLostException>(() => adding)).Code);
        await Assert.ThrowsAsync<SiloLostException>(() => blocked);
        Assert.Equal(3, await reading);
    }

    [Fact]
    public async Task A_call_that_Orleans_refuses_on_its_way_is_made_again()
    {
        var refusal = new Refusal();
        await using var cluster = await ProbeCluster.StartAsync(
            silos: 2, silo => silo.AddOutgoingGrainCallFilter(refusal));

        refusal.LeftCount = ProbesCount;
        await AddAsync(cluster.Silos[0]);

        Assert.Equal(0, refusal.LeftCount);
        await AssertCountsAsync(cluster.Silos[1], 1);
        Assert.Empty(cluster.Faults);
    }

    [Fact]
    public async Task An_error_like_those_of_Orleans_that_a_filter_throws_reaches_its_caller_near_and_far()
    {
        var failing = new FailingFilter();
        await using var cluster = await ProbeCluster.StartAsync(
            silos: 2, silo => silo.AddIncomingGrainCallFilter(failing));

        failing.IsFailing = true;
        for (var i = 0; i < ProbesCount; i++)
        {
            var probe = cluster.Silos[0].Grains.GetGrain<IProbeGrain>($"probe {i}");
            var error = await Assert.ThrowsAsync<OrleansException>(async () => await probe.Add(1));
            Assert.Equal(FailingFilter.Text, error.Message);
        }

        Assert.Equal(ProbesCount, failing.Count);
        failing.IsFailing = false;
        await AddAsync(cluster.Silos[0]);
        await AssertCountsAsync(cluster.Silos[1], 1);
    }

    [Fact]
    public async Task Silos_go_on_watching_partitions_after_a_look_that_failed()
    {
        var failures = new FailingHomes();
        await using var cluster = await ProbeCluster.StartAsync(silos: 2, silo => failures.Use(silo.Services));
        var key = Enumerable.Range(0, 1_000).Select(static i => $"key {i}").First(key =>
            cluster.Silos[0].Engine.IsHere(cluster.PartitionOf(ProbeGrain.GrainType, key)));

        failures.LeftCount = 3;
        await Waiting.UntilAsync(() => failures.LeftCount == 0);
        await cluster.MoveAsync(
            cluster.PartitionOf(ProbeGrain.GrainType, key), cluster.Silos[1], TestContext.Current.CancellationToken);

        Assert.Equal(1, await cluster.Silos[0].Grains.GetGrain<IProbeGrain>(key).Add(1));
    }

    private static ValueTask<IReadOnlyList<FailureRow>> FailuresAsync(TributaryTestCluster cluster) =>
        cluster.Silos[0].Store.Failures.ReadFailuresAsync(null, 100, TestContext.Current.CancellationToken);

    private static ClusterGrains ClusterGrainsOf(TestSilo silo) => new(
        silo.Engine, silo.Engine.Grains, silo.Services.GetRequiredService<RoundGrainTypes>(), silo.Grains);

    private static async Task<int> CallUntilAsync(IProbeGrain probe, CancellationToken over)
    {
        var count = 0;
        while (!over.IsCancellationRequested)
        {
            await probe.Add(1);
            count++;
        }

        return count;
    }

    private static Task AddAsync(TestSilo from) => Task.WhenAll(
        Enumerable.Range(0, ProbesCount).Select(i =>
            from.Grains.GetGrain<IProbeGrain>($"probe {i}").Add(1).AsTask()));

    private static async Task AssertCountsAsync(TestSilo from, int count)
    {
        for (var i = 0; i < ProbesCount; i++)
            Assert.Equal(count, await from.Grains.GetGrain<IProbeGrain>($"probe {i}").Read());
    }

    /// <summary>Refuses calls as Orleans does while its grain directory is on the move: they do not leave.</summary>
    private sealed class Refusal : IOutgoingGrainCallFilter
    {
        private int left;

        public int LeftCount
        {
            get => Math.Max(0, Volatile.Read(ref left));
            set => Volatile.Write(ref left, value);
        }

        public Task Invoke(IOutgoingGrainCallContext context) =>
            context.Request.GetInterfaceType() == typeof(IPartitionGrain)
            && context.Request.GetMethodName() == nameof(IPartitionGrain.Run) && Interlocked.Decrement(ref left) >= 0
                ? throw new OrleansException("The directory is not stable.")
                : context.Invoke();
    }

    /// <summary>Fails before the turn, with an error that Orleans throws too.</summary>
    private sealed class FailingFilter : IIncomingGrainCallFilter
    {
        public const string Text = "The filter's own call failed.";

        private int count;

        public bool IsFailing { get; set; }

        public int Count => Volatile.Read(ref count);

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (!IsFailing || context.InterfaceMethod?.Name != nameof(IProbeGrain.Add))
                return context.Invoke();
            Interlocked.Increment(ref count);
            throw new OrleansException(Text);
        }
    }

    /// <summary>The homes of partitions, which fail for a while.</summary>
    private sealed class FailingHomes
    {
        private int left;

        public int LeftCount
        {
            get => Math.Max(0, Volatile.Read(ref left));
            set => Volatile.Write(ref left, value);
        }

        public void Use(IServiceCollection services)
        {
            var usual = services.Last(static service => service.ServiceType == typeof(IPartitionHomes));
            services.AddSingleton<IPartitionHomes>(
                host => new Homes(this, (IPartitionHomes)usual.ImplementationFactory!(host)));
        }

        private sealed class Homes(FailingHomes failures, IPartitionHomes usual) : IPartitionHomes
        {
            public SiloAddress Choose(PartitionId partition, IReadOnlyList<SiloAddress> silos) =>
                Interlocked.Decrement(ref failures.left) >= 0
                    ? throw new InvalidOperationException("The test asked for this failure.")
                    : usual.Choose(partition, silos);
        }
    }
}
