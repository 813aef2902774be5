using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>The limits of activities, exactly.</summary>
public sealed class ActivityBoundsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void As_many_run_and_as_many_wait_as_the_limits_say() => Run(
        async run =>
        {
            var held = (Held)run.Activities["work"];
            await StartAsync(run, 10);
            await run.World.Delay(Long);

            Assert.Equal(2, held.Running);
            Assert.Equal(2 + 3, run.Host.ActivityCount);
            held.Gate.SetResult();
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);
            Assert.Equal(10, run.Notes.Count);
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 2;
            run.Options.MaxWaitingActivitiesCount = 3;
            run.Activities["work"] = new Held();
        });

    [Fact]
    public void No_activity_starts_while_as_many_results_wait_as_the_limit_says() => Run(
        async run =>
        {
            var jobs = (Jobs)run.Activities["work"];
            await StartAsync(run, 10);
            var hold = new TaskCompletionSource();
            run.Faults.DelayBefore = operation =>
                operation.Call == StoreCall.Commit ? new ValueTask(hold.Task) : default;
            var call = AwaitAsync(run.Probe("a").Add(1));
            await run.World.Delay(Long);

            // One whose turn fills the open round, and two that wait for theirs.
            Assert.Equal(3, jobs.Starts.Count);
            hold.SetResult();
            await call;
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 1;
            run.Options.MaxRoundInputsCount = 1;
            run.Options.MaxWaitingResultsCount = 2;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void As_many_objects_are_kept_for_activities_as_the_limit_says() => Run(
        async run =>
        {
            var jobs = (Jobs)run.Activities["work"];
            await run.Probe("a").Do(Script.Of(probe =>
            {
                for (var i = 0; i < 4; i++)
                    probe.Start($"job {i}", "work", local: new Output(), due: probe.Time.AddSeconds(1 + i));
            }));
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal([true, true, false, false], jobs.Starts.Select(start => start.Local is not null));
        },
        run =>
        {
            run.Options.MaxLocalHandOversCount = 2;
            run.Activities["work"] = new Jobs(run, _ => null) { Takes = TimeSpan.FromSeconds(10) };
        });

    private static async Task StartAsync(EngineRun run, int count)
    {
        for (var i = 0; i < count; i++)
            await run.Probe($"p {i}").Do(Script.Of(probe => probe.Start("job", "work", due: probe.Time.AddSeconds(5))));
        await run.Probe("a").Read();
    }

    /// <summary>Activities that end when the test says so.</summary>
    private sealed class Held : IActivity
    {
        public TaskCompletionSource Gate { get; } = new();

        public int Running { get; private set; }

        public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
        {
            Running++;
            await Gate.Task;
            return null;
        }
    }
}
