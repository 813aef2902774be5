using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>What a start finds of calls that an earlier life left.</summary>
public sealed class DeferredPagesTests
{
    [Theory]
    [InlineData(250)]
    [InlineData(251)]
    [InlineData(20_050)]
    public void However_many_deferred_calls_are_left_a_start_makes_all_of_them_and_numbers_go_on(int count) => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe =>
            {
                for (var i = 0; i < count; i++)
                    ProbeGrain.Tell(probe.Other("far").Add(1));
            }));
            run.Crash();
            Assert.Equal(count, run.Database.DeferredCalls.Count);

            await run.StartAsync();
            // Its deferred call takes the next number, which no call that is left may have.
            await run.Probe("b").Do(Script.Of(probe => ProbeGrain.Tell(probe.Other("farther").Add(1))));
            await run.UntilAsync(() => run.Database.DeferredCalls.Count == 0);

            Assert.Equal(count, await run.Probe("far").Read());
            Assert.Equal(1, await run.Probe("farther").Read());
        },
        run =>
        {
            run.Options.MaxChainedCallsCount = 100_000;
            run.Options.MaxDeferredRowCallsCount = 1;
        });
}
