using System.Text;
using static Tributary.Runtime.Tests.Engine.EngineRun;

namespace Tributary.Runtime.Tests.Engine;

/// <summary>What is for a grain whose state, type or method this build does not know is neither made nor lost.</summary>
public sealed class UnreadableTests
{
    [Fact]
    public void Calls_reminders_and_results_for_a_state_that_cannot_be_read_wait_for_a_build_that_can() => Run(
        async run =>
        {
            await run.Probe("b").Add(1);
            await run.Probe("b").Do(Script.Of(probe => probe.Remind("ring", run.World.Time.GetUtcNow().AddSeconds(30))));
            await run.Probe("b").Do(Script.Of(probe => probe.Start("job", "work", due: run.World.Time.GetUtcNow().AddSeconds(30))));
            await run.Host.StopAsync();

            run.CannotRead = true;
            await run.StartAsync();
            Assert.Equal("state_unreadable", (await ErrorOfAsync<TributaryException>(run.Probe("b").Add(100))).Code);
            await run.Probe("a").Do(Script.Of(probe =>
            {
                ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 2 }));
                ProbeGrain.Tell(probe.Other("b").Merge(new Portion { Amount = 3 }));
                ProbeGrain.Tell(probe.Other("b").Add(4));
            }));
            await run.World.Delay(TimeSpan.FromMinutes(2));
            Assert.Empty(run.Database.Failures);
            await run.Host.StopAsync();

            run.CannotRead = false;
            await run.StartAsync();
            await run.UntilAsync(() => run.Notes.Contains("b did job 1: well"));
            await run.World.Delay(TimeSpan.FromMinutes(2));
            Assert.Equal(1 + 2 + 3 + 4 + 1 + 1, await AwaitAsync(run.Probe("b").Read()));
            Assert.Empty(run.Database.Failures);
            Assert.Empty(run.Database.Reminders);
            Assert.Empty(run.Database.DeferredCalls);
        },
        run => run.Activities["work"] = new Idle());

    private sealed class Idle : IActivity
    {
        public ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation) => ValueTask.FromResult<object?>(null);
    }
}
