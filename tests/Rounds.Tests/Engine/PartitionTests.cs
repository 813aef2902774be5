using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Partitions;
using Tributary.Storage.InMemory;
using Tributary.Storage.Rounds;
using Tributary.TestingHost.Simulation;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>Partitions that come and go.</summary>
public sealed class PartitionTests
{
    private const int PartitionCount = 16;

    private static IReadOnlyList<PartitionId> All { get; } =
        [.. Enumerable.Range(0, PartitionCount).Select(id => new PartitionId(id))];

    private static PartitionId Of(EngineRun run, string key) => run.Host.PartitionOf(new RoundGrainId("probe", key));

    private static void Slow(EngineRun run, int commitMs) => run.Faults.DelayBefore = operation => new ValueTask(
        operation.Call == StoreCall.Commit ? run.World.Delay(TimeSpan.FromMilliseconds(commitMs))
            : Task.CompletedTask);

    // Another process over the same database, which owns nothing.
    private static async Task<RoundEngine> BesideAsync(EngineRun run)
    {
        var host = new RoundEngine(
            new RoundOptions
            {
                IsAlone = false, RetryDelay = run.Options.RetryDelay, Lease = run.Options.Lease,
                DeferredPollInterval = run.Options.DeferredPollInterval,
            },
            new InMemoryStore(run.Database, new ScriptedFaults()), run.Types, run.Activities, run.World.Environment(),
            NullLogger<RoundEngine>.Instance);
        await host.StartAsync();
        return host;
    }

    [Fact]
    public void A_start_takes_everything_with_one_round_and_reads_what_is_left_once()
    {
        var calls = new List<StoreCall>();
        Run(
            async run =>
            {
                Assert.Equal(PartitionCount, run.Host.PartitionsCount);
                Assert.All(All, partition => Assert.Equal(run.Host.Silo, run.Database.OwnerOf(partition)));
                Assert.Equal(0, await run.Probe("a").Read());
                await run.UntilAsync(() => calls.Contains(StoreCall.ReadReminders));

                Assert.Single(calls, call => call == StoreCall.Commit);
                Assert.Single(calls, call => call == StoreCall.ReadDeferredCalls);
                Assert.Single(calls, call => call == StoreCall.ReadReminders);
            },
            run => run.Faults.DelayBefore = operation =>
            {
                calls.Add(operation.Call);
                return default;
            });
    }

    [Fact]
    public void A_call_for_a_partition_that_was_given_is_sent_elsewhere_and_has_not_happened() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        await run.Host.GiveAsync([Of(run, "a")]);

        var error = await ErrorOfAsync<PartitionElsewhereException>(run.Probe("a").Add(2));

        Assert.Equal((Of(run, "a"), "partition_elsewhere"), (error.Partition, error.Code));
        Assert.Equal(PartitionState.Gone, run.Host.StateOf(Of(run, "a")));
        Assert.Null(run.Database.OwnerOf(Of(run, "a")));
        Assert.Equal([Of(run, "a")], await run.Host.TakeAsync([Of(run, "a")]));
        Assert.Equal(1, await run.Probe("a").Read());
    });

    [Fact]
    public void A_give_waits_for_the_rounds_that_hold_the_partition_and_takes_no_call_after_it() => Run(async run =>
    {
        Slow(run, commitMs: 100);
        var first = AwaitAsync(run.Probe("a").Add(1));
        await run.UntilAsync(() => run.World.Time.Elapsed > TimeSpan.FromMilliseconds(50));
        var second = AwaitAsync(run.Probe("a").Add(2));
        await run.UntilAsync(() => run.Host.WaitingCount == 0);
        var give = run.Host.GiveAsync([Of(run, "a")]);
        await run.UntilAsync(() => run.Host.StateOf(Of(run, "a")) == PartitionState.Giving);

        await ErrorOfAsync<PartitionElsewhereException>(run.Probe("a").Add(4));
        await run.Probe("b").Add(8);
        await Task.WhenAll(first, second);
        await give;

        Assert.Null(run.Database.OwnerOf(Of(run, "a")));
        await run.Host.TakeAsync([Of(run, "a")]);
        Assert.Equal(3, await run.Probe("a").Read());
    });

    [Fact]
    public void A_take_that_matches_nothing_says_so_and_its_round_goes_on() => Run(async run =>
    {
        var other = await BesideAsync(run);
        await run.Host.GiveAsync([Of(run, "a")]);

        var taken = await other.TakeAsync([Of(run, "a"), Of(run, "b")]);

        Assert.Equal([Of(run, "a")], taken);
        Assert.Equal(PartitionState.Gone, other.StateOf(Of(run, "b")));
        Assert.Equal(0, await other.Grains.GetGrain<IProbeGrain>("a").Read());
        await ErrorOfAsync<PartitionElsewhereException>(other.Grains.GetGrain<IProbeGrain>("b").Add(1));
        await run.Probe("b").Add(1);
        Assert.Equal(1, await run.Probe("b").Read());
    });

    [Theory]
    [InlineData(StoreFate.LoseAnswer)]
    [InlineData(StoreFate.HappenLate)]
    [InlineData(StoreFate.Fail)]
    [InlineData(StoreFate.Full)]
    public void What_became_of_takes_and_gives_is_known_in_the_end(StoreFate fate) => Run(async run =>
    {
        var other = await BesideAsync(run);
        var fates = new Queue<StoreFate>([fate, StoreFate.Proceed, fate]);
        run.Faults.Rule = operation =>
            operation.Call == StoreCall.Commit && fates.TryDequeue(out var next) ? next : StoreFate.Proceed;

        await run.Host.GiveAsync([Of(run, "a")]);
        Assert.Null(run.Database.OwnerOf(Of(run, "a")));
        await run.Host.GiveAsync([Of(run, "b")]);
        await other.TakeAsync([Of(run, "b")]);
        var taken = await run.Host.TakeAsync([Of(run, "a"), Of(run, "b")]);

        Assert.Equal([Of(run, "a")], taken);
        Assert.Equal(run.Host.Silo, run.Database.OwnerOf(Of(run, "a")));
        await run.Probe("a").Add(1);
    });

    [Fact]
    public void Takes_and_gives_survive_the_halving_of_a_refused_round() => Run(
        async run =>
        {
            await run.Host.GiveAsync([Of(run, "a")]);
            Slow(run, commitMs: 10);
            var calls = Enumerable.Range(0, 5)
                .Select(i => RefusalTests.Store(run, $"item {i}", i == 3 ? "poison" : "{}")).ToList();
            var here = calls.ConvertAll(async call =>
            {
                try
                {
                    await call;
                }
                catch (TributaryException error)
                {
                    Assert.Contains(error.Code, (string[])["refused_by_store", "partition_elsewhere"]);
                }
            });
            var taken = run.Host.TakeAsync([Of(run, "a")]);
            var given = run.Host.GiveAsync([Of(run, "b")]);

            await Task.WhenAll(here);
            Assert.Equal([Of(run, "a")], await taken);
            await given;
            Assert.Null(run.Database.OwnerOf(Of(run, "b")));
        },
        run => run.Faults.Poison = body => body.Span.SequenceEqual("poison"u8));

    [Fact]
    public void What_was_loaded_in_an_earlier_tenure_is_dropped() => Run(async run =>
    {
        var other = await BesideAsync(run);
        var far = run.Host.PartitionOf(new RoundGrainId("probe", "far"));
        var isSlow = true;
        run.Faults.DelayAfter = operation =>
        {
            var waits = isSlow && operation.Call == StoreCall.Load;
            isSlow &= !waits;
            return new ValueTask(waits ? run.World.Delay(TimeSpan.FromSeconds(20)) : Task.CompletedTask);
        };
        // Its load has read that there is nothing, and tells so when another silo has written.
        var late = ErrorOfAsync<PartitionElsewhereException>(AwaitLateAsync());
        async ValueTask AwaitLateAsync() => await run.Probe("far").Read();
        await run.UntilAsync(() => !isSlow);
        await run.Host.GiveAsync([far]);
        await other.TakeAsync([far]);
        await other.Grains.GetGrain<IProbeGrain>("far").Add(7);
        await other.GiveAsync([far]);
        await run.Host.TakeAsync([far]);

        var read = AwaitAsync(run.Probe("far").Read());
        await run.UntilAsync(() => run.World.Time.Elapsed > TimeSpan.FromSeconds(30));

        Assert.Equal(far, (await late).Partition);
        Assert.Equal(7, await read);
        await run.Probe("far").Add(1);
        Assert.Equal(8, await run.Probe("far").Read());
    });

    [Fact]
    public void Reminders_of_a_partition_ring_at_its_new_owner_once() => Run(async run =>
    {
        var other = await BesideAsync(run);
        await run.Probe("a").Do(Script.Of(probe => probe.Remind("ring", probe.Time.AddSeconds(5))));
        await run.Host.GiveAsync([Of(run, "a")]);
        await other.TakeAsync([Of(run, "a")]);

        await run.UntilAsync(() => run.Database.Reminders.Count == 0);
        await run.World.Delay(TimeSpan.FromSeconds(20));

        Assert.Single(run.Notes, note => note.Contains("ring", StringComparison.Ordinal));
    });

    [Fact]
    public void A_call_left_for_another_silo_is_made_there_once_also_when_nobody_tells_it() => Run(async run =>
    {
        var other = await BesideAsync(run);
        var left = new List<DeferredCall>();
        run.Host.LeftElsewhere = left.AddRange;
        await run.Host.GiveAsync([Of(run, "far")]);
        await other.TakeAsync([Of(run, "far")]);

        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(7))));
        await run.UntilAsync(() => left.Count > 0);
        Assert.Equal([Of(run, "far")], left.Select(row => row.Partition));
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
        Assert.Equal(7, await other.Grains.GetGrain<IProbeGrain>("far").Read());

        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(7))));
        var before = run.World.Time.Elapsed;
        other.LookForCalls();
        other.LookForCalls();
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
        Assert.InRange(run.World.Time.Elapsed - before, TimeSpan.Zero, run.Options.DeferredPollInterval / 2);
        Assert.Equal(14, await other.Grains.GetGrain<IProbeGrain>("far").Read());
    });

    [Fact]
    public void A_silo_that_joins_again_takes_what_it_was_told_to_hold() => Run(async run =>
    {
        await run.Probe("a").Add(1);
        await run.Host.GiveAsync([Of(run, "b")]);
        var before = run.Host.Silo;
        var died = new List<SiloId>();
        run.Host.Died = died.Add;
        run.Database.DeclareDead(before!.Value);

        await run.Probe("a").Add(1);

        Assert.Equal([before.Value], died);
        Assert.NotEqual(before, run.Host.Silo);
        Assert.Equal(PartitionCount - 1, run.Host.PartitionsCount);
        Assert.Null(run.Database.OwnerOf(Of(run, "b")));
        Assert.Equal(2, await run.Probe("a").Read());
    });

    [Fact]
    public void A_silo_that_may_not_join_again_ends_when_it_is_dead() => Run(
        async run =>
        {
            var other = await BesideAsync(run);
            run.Database.DeclareDead(run.Host.Silo!.Value);

            await ErrorOfAsync<OverloadedException>(run.Probe("a").Add(1));
            await run.Host.Ended;

            Assert.False(run.Host.IsReady);
            Assert.Equal(PartitionState.Gone, run.Host.StateOf(Of(run, "a")));
            Assert.Equal(PartitionCount, (await other.TakeAsync(All)).Count);
            Assert.Equal(0, await other.Grains.GetGrain<IProbeGrain>("a").Read());
        },
        run => run.Options.Rejoins = false);

    [Fact]
    public void A_silo_whose_row_is_gone_ends_and_tells_nothing_of_its_last_round()
    {
        Task? call = null;
        var error = Assert.Throws<SimulationException>(() => Run(async run =>
        {
            await run.Probe("a").Add(1);
            var other = await BesideAsync(run);
            run.Database.DeclareDead(run.Host.Silo!.Value);
            await other.TakeAsync(All);
            // As after a standstill of more than a day.
            await new InMemoryStore(run.Database).Folds.FoldAsync(100, TimeSpan.Zero, CancellationToken.None);

            call = AwaitAsync(run.Probe("a").Add(1));
            await call;
        }));

        Assert.Contains("what became of its last round is not known any more", error.ToString(),
            StringComparison.Ordinal);
        Assert.False(call!.IsCompleted);
    }

    [Fact]
    public void What_is_asked_for_last_holds_whatever_was_asked_for_before() => Run(async run =>
    {
        var some = All.Take(4).ToList();
        var asked = new List<Task>
        {
            run.Host.GiveAsync(some), run.Host.TakeAsync(some), run.Host.GiveAsync(some), run.Host.TakeAsync(some),
        };
        foreach (var change in asked)
            await change;

        Assert.Equal(PartitionCount, run.Host.PartitionsCount);
        asked = [run.Host.GiveAsync(some), run.Host.TakeAsync(some), run.Host.GiveAsync(some)];
        foreach (var change in asked)
            await change;
        Assert.Equal(PartitionCount - 4, run.Host.PartitionsCount);
        Assert.All(some, partition => Assert.Null(run.Database.OwnerOf(partition)));
    });
}
