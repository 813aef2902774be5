using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

public sealed class ActivityTests
{
    [Fact]
    public void Activities_run_at_most_as_many_at_once_as_allowed() => Run(
        async run =>
        {
            for (var i = 0; i < 12; i++)
                await run.Probe($"p {i}").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => run.Notes.Count == 12);

            Assert.Equal(3, Work(run).MostAtOnceCount);
            Assert.Empty(run.Database.Reminders);
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 3;
            run.Activities["work"] = new Worker(run);
        });

    [Fact]
    public void A_failed_activity_tells_its_grain_which_may_start_it_again() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => run.Notes.Count == 3);
            await run.World.Delay(TimeSpan.FromMinutes(1));

                Assert.Equal(
                    [
                        "a did job 1: TimeoutException: Not yet.",
                        "a did job 2: TimeoutException: Not yet.",
                        "a did job 3: well",
                    ],
                    run.Notes);
                Assert.Empty(run.Database.Reminders);
            },
            run => run.Activities["work"] = new Worker(run) { FailuresCount = 2 });

    [Fact]
    public void An_activity_that_a_stop_cancels_runs_again_after_the_start() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => Work(run).StartsCount == 1);

                // The stop waits for a slow commit, and the activity ends meanwhile.
                run.Faults.DelayBefore = operation =>
                    operation.Call == StoreCall.Commit
                        ? new ValueTask(run.World.Delay(TimeSpan.FromSeconds(5)))
                        : default;
                var call = AwaitAsync(run.Probe("b").Add(1));
                await run.RestartAsync();
                await call;
                run.Faults.DelayBefore = null;
                await run.UntilAsync(() => run.Notes.Count > 0);

            Assert.Equal(2, Work(run).StartsCount);
            Assert.Equal("a did job 1: well", Assert.Single(run.Notes));
        },
        run => run.Activities["work"] = new Worker(run));

    [Fact]
    public void The_result_of_an_activity_that_was_replaced_does_not_count() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => Work(run).StartsCount == 1);
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(2, Work(run).StartsCount);
            Assert.Single(run.Notes);
        },
        run => run.Activities["work"] = new Worker(run));

    private static Worker Work(EngineRun run) => (Worker)run.Activities["work"];

    /// <summary>Takes a second; what it throws when it is cancelled does not look like a cancellation.</summary>
    private sealed class Worker(EngineRun run) : IActivity
    {
        private int runningCount;

        public int FailuresCount { get; init; }

        public int MostAtOnceCount { get; private set; }

        public int StartsCount { get; private set; }

        public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
        {
            StartsCount++;
            MostAtOnceCount = Math.Max(MostAtOnceCount, ++runningCount);
            try
            {
                await run.World.Delay(TimeSpan.FromSeconds(1));
            }
            finally
            {
                runningCount--;
            }

            if (cancellation.IsCancellationRequested)
                throw new IOException("The connection was closed.");
            return start.Attempt <= FailuresCount ? throw new TimeoutException("Not yet.") : null;
        }
    }
}
