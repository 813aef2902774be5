using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>Activities that end their process, and those that only ran when it ended.</summary>
public sealed class StartsTests
{
    private const int BystandersCount = 7;

    [Fact]
    public void An_activity_that_ends_the_process_does_so_three_times_and_its_bystanders_end_well() => Run(
        async run =>
        {
            var lives = Of(run);
            lives.Poison.Add("p 3");
            await StartAllAsync(run);

            await lives.UntilAsync(() => run.Database.Reminders.Count == 0);

                Assert.Equal(3, lives.EndsCount);
                Assert.StartsWith(
                    "p 3 did job 1: ended_the_process: ",
                    Assert.Single(run.Notes.Distinct(), IsError),
                    StringComparison.Ordinal);
                Assert.Equal(
                    BystandersCount,
                    run.Notes.Where(note => note.EndsWith("well", StringComparison.Ordinal)).Distinct().Count());
                Assert.Empty(lives.Starts.Last(start => start.Owner == "p 3").Others);
                Assert.Empty(run.Database.Failures);
            },
            Prepare);

    [Fact]
    public void Two_kills_from_outside_make_everybody_run_alone_and_end_well() => Run(
        async run =>
        {
            var lives = Of(run);
            await StartAllAsync(run);
            await KillTwiceAsync(run, lives);

            var before = lives.Starts.Count;
            await lives.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.DoesNotContain(run.Notes, IsError);
            Assert.Equal(BystandersCount + 1, run.Notes.Count);
            // Those that ran at both ends, each of them once; nobody else began meanwhile.
            var alone = lives.Starts.Skip(before).Take(run.Options.MaxActivitiesCount).ToList();
            Assert.All(alone, start => Assert.Empty(start.Others));
            Assert.Contains(lives.Starts.Skip(before), start => start.Others.Count > 0);
        },
        Prepare);

    [Fact]
    public void An_orderly_stop_ends_what_runs_alone_in_order() => Run(
        async run =>
        {
            var lives = Of(run);
            await StartAllAsync(run);
            await KillTwiceAsync(run, lives);

            for (var stop = 0; stop < 3; stop++)
            {
                var before = lives.Starts.Count;
                await lives.UntilAsync(() => lives.Starts.Count > before);
                Assert.Single(lives.Running);
                await run.RestartAsync();
            }

            await lives.UntilAsync(() => run.Database.Reminders.Count == 0);
            Assert.DoesNotContain(run.Notes, IsError);
            Assert.Equal(BystandersCount + 1, run.Notes.Count);
        },
        Prepare);

    [Fact]
    public void A_silo_that_is_declared_dead_while_its_process_lives_ends_nothing() => Run(
        async run =>
        {
            var lives = Of(run);
            await StartAllAsync(run);
            await KillTwiceAsync(run, lives);

            for (var death = 0; death < 3; death++)
            {
                var before = lives.Starts.Count;
                await lives.UntilAsync(() => lives.Starts.Count > before);
                run.Database.DeclareDead(run.Store.Joined!.Value);
            }

            await lives.UntilAsync(() => run.Database.Reminders.Count == 0);
            Assert.DoesNotContain(run.Notes, IsError);
        },
        Prepare);

    [Fact]
    public void What_was_given_up_counts_anew_when_it_is_started_again() => Run(
        async run =>
        {
            var lives = Of(run);
            lives.Poison.Add("a");
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await lives.UntilAsync(() => run.Notes.Count > 0);

            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await lives.UntilAsync(() => run.Notes.Count > 1);
            Assert.Equal(6, lives.EndsCount);

            lives.Poison.Clear();
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await lives.UntilAsync(() => run.Notes.Count > 2);
            Assert.EndsWith("well", run.Notes[^1], StringComparison.Ordinal);
        },
        Prepare);

    [Fact]
    public void Nothing_is_noted_of_what_a_process_starts_that_it_was_asked_for() => Run(
        async run =>
        {
            var notes = 0;
            run.Faults.DelayBefore = operation =>
            {
                notes += operation.Call == StoreCall.NoteStarts ? 1 : 0;
                return default;
            };
            var lives = Of(run);
            await StartAllAsync(run);
            await run.UntilAsync(() => lives.Running.Count == run.Options.MaxActivitiesCount);
            await run.RestartAsync();
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);
            Assert.Equal(0, notes);

            await StartAllAsync(run);
            await run.UntilAsync(() => lives.Running.Count == run.Options.MaxActivitiesCount);
            lives.Kill();
            await lives.UntilAsync(() => run.Database.Reminders.Count == 0);
            Assert.InRange(notes, 1, BystandersCount + 1);
        },
        Prepare);

    [Fact]
    public void What_may_have_ended_a_process_waits_until_the_next_one_is_ready() => Run(
        async run =>
        {
            var lives = Of(run);
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => lives.Running.Count == 1);
            lives.Kill();
            var ready = new TaskCompletionSource();
            run.CanStart = ready.Task;

            await run.StartAsync();
            await run.World.Delay(TimeSpan.FromMinutes(1));
            Assert.Single(lives.Starts);

            ready.SetResult();
            await run.UntilAsync(() => run.Notes.Count == 1);
        },
        Prepare);

    // From then on what ran at both ends runs alone.
    private static async Task KillTwiceAsync(EngineRun run, Lives lives)
    {
        for (var kill = 0; kill < 2; kill++)
        {
            await lives.UntilAsync(() => lives.Running.Count == run.Options.MaxActivitiesCount);
            lives.Kill();
        }
    }

    private static void Prepare(EngineRun run)
    {
        run.Options.MaxActivitiesCount = 4;
        run.OnResult = (probe, _) => probe.Value++;
        run.Activities["work"] = new Lives(run);
    }

    private static Lives Of(EngineRun run) => (Lives)run.Activities["work"];

    private static bool IsError(string note) => !note.EndsWith("well", StringComparison.Ordinal);

    private static async Task StartAllAsync(EngineRun run)
    {
        for (var i = 0; i <= BystandersCount; i++)
            await run.Probe($"p {i}").Do(Script.Of(probe => probe.Start("job", "work")));
    }
}
