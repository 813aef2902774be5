using System.Text;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>Calls from turns: merged, deferred, failed.</summary>
public sealed class OneWayTests
{
    [Fact]
    public void Calls_of_one_round_are_merged_into_one() => Run(async run =>
    {
        await run.Probe("b").Read();
        await run.Probe("a").Do(Script.Of(probe =>
        {
            for (var i = 0; i < 10; i++)
                ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 2 }));
        }));

        Assert.Equal(20, await run.Probe("b").Read());
        Assert.Equal(["b merged 10"], run.Notes);
    });

    [Fact]
    public void What_was_merged_before_a_call_is_applied_before_it() => Run(async run =>
    {
        await run.Probe("b").Read();
        await run.Probe("a").Do(Script.Of(probe =>
        {
            ProbeGrain.Tell(probe.Other("b").Merge(new Portion()));
            ProbeGrain.Tell(probe.Other("b").Note("after"));
        }));

        Assert.Equal(["b merged 1", "b: after"], run.Notes);
    });

    [Fact]
    public void An_argument_that_cannot_be_merged_fails_alone() => Run(async run =>
    {
        await run.Probe("b").Read();
        await run.Probe("a").Do(Script.Of(probe =>
        {
            ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 1 }));
            ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = -1 }));
            ProbeGrain.Tell(probe.Other("b").Merge(null!));
            ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 2 }));
        }));

            Assert.Equal(3, await run.Probe("b").Read());
            Assert.Equal(2, run.Database.Failures.Count);
            Assert.Contains(run.Database.Failures, failure =>
                Text(failure.Arguments).Contains("-1", StringComparison.Ordinal));
        });

    [Fact]
    public void Merged_calls_that_call_each_other_for_ever_hold_nobody_up() =>
        Run(async run =>
        {
            await run.Probe("b").Read();
            await run.Probe("c").Read();
            await run.Probe("a")
                .Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Echo = "c" }))));

        Assert.Equal(1, await run.Probe("d").AddAndRead(1));
        await run.Host.StopAsync();
        Assert.Single(run.Database.DeferredCalls);
    });

    [Fact]
    public void A_call_to_a_grain_that_is_not_here_is_made_by_a_later_round() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(7))));
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

        Assert.Equal(7, await run.Probe("far").Read());
    });

    [Fact]
    public void A_chain_beyond_the_bound_goes_on_in_later_rounds() => Run(
        async run =>
        {
            await run.Probe("next").Read();
            await run.Probe("a").Pass(50);
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0 && run.Database.States.Count == 2);

            Assert.Equal(50, await run.Probe("next").Read());
        },
        run => run.Options.MaxChainedCallsCount = 3);

    [Fact]
    public void Deferred_calls_survive_a_crash_and_a_stop() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("far").Add(7))));
        run.Crash();
        Assert.Single(run.Database.DeferredCalls);
        await run.StartAsync();
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
        Assert.Equal(7, await run.Probe("far").Read());

        await run.Probe("a").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("farther").Add(8))));
        await run.RestartAsync();
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);
        Assert.Equal(8, await run.Probe("farther").Read());
    });

    [Fact]
    public void A_one_way_call_that_throws_becomes_a_failure_with_its_arguments() => Run(async run =>
    {
        await run.Probe("b").Read();
        await run.Probe("a").Do(Script.Of(probe =>
        {
            ProbeGrain.Tell(probe.Other("b").AddAndThrow(42));
            ProbeGrain.Tell(probe.Other("far").AddAndThrow(43));
            probe.Value = 1;
        }));
        await run.UntilAsync(() => run.Database.Failures.Count == 2);

            Assert.Equal(
                ["b [42]", "far [43]"],
                run.Database.Failures.Select(row => $"{row.Target.Key} {Text(row.Arguments)}").Order());
            Assert.All(run.Database.Failures, row => Assert.Equal("TimeoutException: The probe throws.", row.Error));
            Assert.Equal(1, await run.Probe("a").Read());
            Assert.Equal(0, await run.Probe("b").Read());
        });

    [Fact]
    public void Arguments_that_cannot_be_written_fail_their_call_only() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe =>
        {
            ProbeGrain.Tell(probe.Other("far").Weigh(double.NaN));
            ProbeGrain.Tell(probe.Other("far").Weigh(5));
            probe.Value = 1;
        }));
        await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

        Assert.StartsWith("arguments_unwritable", Assert.Single(run.Database.Failures).Error, StringComparison.Ordinal);
        Assert.Equal(5, await run.Probe("far").Read());
        Assert.Equal(1, await run.Probe("a").Read());
    });

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
