using Tributary.Storage.InMemory;
using Tributary.Storage.Rounds;
using static Tributary.Rounds.Tests.Engine.EngineRun;
using static Tributary.Rounds.Tests.Engine.FarSide;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>How rows of calls come to the silo that owns their partition.</summary>
public sealed class RowHintTests
{
    [Fact]
    public void A_row_that_is_handed_over_is_made_without_a_read_and_once_however_often_it_comes() => Run(
        async run =>
        {
            var reads = 0;
            var other = await FarSide.StartAsync(run, faults => faults.DelayBefore = operation =>
            {
                reads += operation.Call == StoreCall.ReadDeferredCalls ? 1 : 0;
                return default;
            });
            var (hints, before) = (new List<DeferredCall>(), reads);
            run.Host.LeftElsewhere = rows =>
            {
                hints.AddRange(rows);
                other.TakeCalls(rows);
                other.TakeCalls(rows);
            };

            await FarSide.TellAsync(run, probe =>
            {
                ProbeGrain.Tell(probe.Other(Far).Add(7));
                ProbeGrain.Tell(probe.Other(Near).Add(8));
            });
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
            other.TakeCalls(hints);
            Assert.Equal(7, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
            Assert.Equal(before, reads);

            // The next poll forgets the row; then its own snapshot tells that the hint is late.
            await run.UntilAsync(() => reads > before);
            await run.World.Delay(TimeSpan.FromSeconds(1));
            other.TakeCalls(hints);
            await run.World.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(7, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
            Assert.Equal(8, await other.Grains.GetGrain<IProbeGrain>(Near).Read());
        },
        run => run.Options.DeferredPollInterval = TimeSpan.FromSeconds(30));

    [Fact]
    public void A_silo_that_is_full_takes_rows_and_refuses_callers_only() => Run(async run =>
    {
        var other = await FarSide.StartAsync(run, options: options => options.MaxWaitingCallsCount = -1);
        run.Host.LeftElsewhere = other.TakeCalls;

        await FarSide.TellAsync(run, probe => ProbeGrain.Tell(probe.Other(Far).Add(7)));
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
        await ErrorOfAsync<OverloadedException>(AddAsync());
        async ValueTask AddAsync() => await other.Grains.GetGrain<IProbeGrain>(Far).Add(1);

        await other.GiveAsync([FarSide.Partition]);
        await run.Host.TakeAsync([FarSide.Partition]);
        Assert.Equal(7, await run.Probe(Far).Read());
    });

    [Fact]
    public void Rows_beyond_what_memory_may_hold_are_polled_when_others_were_made() => Run(
        async run =>
        {
            var other = await FarSide.StartAsync(
                run, isTaking: false, options: options => options.MaxDeferredBytes = 1_000);
            await FarSide.TellAsync(run, probe =>
            {
                for (var i = 0; i < 2_000; i++)
                    ProbeGrain.Tell(probe.Other(Far).Add(1));
            });
            Assert.Equal(2_000, run.Database.DeferredCalls.Count);
            await other.TakeAsync([FarSide.Partition]);
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            Assert.Equal(2_000, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
        },
        run => (run.Options.MaxDeferredRowCallsCount, run.Options.MaxChainedCallsCount) = (1, 100_000));

    [Fact]
    public void No_hint_is_taken_before_the_first_poll_of_a_tenure_has_ended() => Run(async run =>
    {
        var isSlow = true;
        var other = await FarSide.StartAsync(run, faults => faults.DelayAfter = operation =>
            new ValueTask(isSlow && operation.Call == StoreCall.ReadDeferredCalls
                ? run.World.Delay(TimeSpan.FromSeconds(20)) : Task.CompletedTask), isTaking: false);
        var hints = new List<DeferredCall>();
        run.Host.LeftElsewhere = hints.AddRange;
        await FarSide.TellAsync(run, probe => ProbeGrain.Tell(probe.Other(Far).Add(7)));
        // The row is made and gone here, and its hint is late.
        await run.Host.TakeAsync([FarSide.Partition]);
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
        await run.Host.GiveAsync([FarSide.Partition]);

        var taken = other.TakeAsync([FarSide.Partition]);
        await run.UntilAsync(() => run.Database.OwnerOf(FarSide.Partition) == other.Silo);
        other.TakeCalls(hints);
        await taken;
        other.TakeCalls(hints);

        Assert.Equal(7, await other.Grains.GetGrain<IProbeGrain>(Far).Read());
    });
}
