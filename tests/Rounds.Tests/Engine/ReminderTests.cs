using System.Globalization;
using System.Text;
using Tributary.Storage.InMemory;
using Tributary.TestingHost.Simulation;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

public sealed class ReminderTests
{
    [Fact]
    public void A_reminder_fires_once_when_it_is_due() => Run(async run =>
    {
        var due = await SetAsync(run, "a", "bell", TimeSpan.FromSeconds(90));
        await run.UntilAsync(() => run.Notes.Count == 1);
        var late = run.World.Time.GetUtcNow() - due;
        await run.World.Delay(TimeSpan.FromMinutes(5));

        Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Assert.Single(run.Notes);
        Assert.Empty(run.Database.Reminders);
    });

    [Fact]
    public void A_reminder_that_is_set_again_fires_at_the_new_time_only() => Run(async run =>
    {
        await SetAsync(run, "a", "bell", TimeSpan.FromSeconds(1));
        var due = await SetAsync(run, "a", "bell", TimeSpan.FromSeconds(10));
        await run.World.Delay(TimeSpan.FromMinutes(1));

        Assert.True(FiredAt(Assert.Single(run.Notes)) >= due.Ticks);
    });

    [Fact]
    public void A_reminder_that_is_cleared_does_not_fire() => Run(async run =>
    {
        await SetAsync(run, "a", "bell", TimeSpan.FromSeconds(1));
        await run.Probe("a").Do(Script.Of(probe => probe.Forget("bell")));
        await run.World.Delay(TimeSpan.FromMinutes(1));

        Assert.Empty(run.Notes);
        Assert.Empty(run.Database.Reminders);
    });

    [Fact]
    public void Reminders_survive_crashes_and_stops() => Run(async run =>
    {
        await SetAsync(run, "a", "bell", TimeSpan.FromSeconds(100));
        run.Crash();
        await run.StartAsync();
        await run.RestartAsync();
        await run.UntilAsync(() => run.Notes.Count > 0);

        Assert.StartsWith("a rang bell", Assert.Single(run.Notes), StringComparison.Ordinal);
    });

    [Fact]
    public void Many_more_reminders_than_fit_in_memory_all_fire_once() => Run(
        async run =>
        {
            // Slow reads, so that rounds become durable and memory overflows while one is under way.
            run.Faults.DelayBefore = operation => operation.Call == StoreCall.ReadReminders
                ? new ValueTask(run.World.Delay(TimeSpan.FromMilliseconds(40)))
                : default;
            for (var i = 0; i < 40; i++)
            {
                var batch = i;
                await run.Probe($"p {i % 7}").Do(Script.Of(probe =>
                {
                    for (var j = 0; j < 5; j++)
                        probe.Remind($"bell {batch} {j}", probe.Time.AddMilliseconds((batch * 37 % 50 * 10) + j));
                }));
                await run.World.Delay(TimeSpan.FromMilliseconds(3));
            }

            await run.UntilAsync(() => run.Database.Reminders.Count == 0);
            Assert.Equal(200, run.Notes.Select(note => note[..note.IndexOf(
                " at ", StringComparison.Ordinal)]).Distinct().Count());
            Assert.Equal(200, run.Notes.Count);
        },
        run =>
        {
            run.Options.MaxRemindersCount = 8;
            run.Options.ReminderWindow = TimeSpan.FromMilliseconds(200);
        });

    [Fact]
    public void No_reminder_is_early_when_the_stopwatch_runs_fast()
    {
        // The database's clock loses half a second in a thousand against the silo's stopwatch, and is an hour off.
        SlowClock clock = null!;
        var firedAt = new List<DateTimeOffset>();
        Run(
            async run =>
            {
                var due = new List<DateTimeOffset>();
                for (var i = 1; i <= 10; i++)
                    due.Add(await SetAsync(run, "a", $"bell {i}", TimeSpan.FromMinutes(i * 3)));
                await run.World.Delay(TimeSpan.FromMinutes(40));

                Assert.Equal(10, firedAt.Count);
                Assert.All(firedAt.Zip(due), pair =>
                    Assert.InRange(pair.First - pair.Second, TimeSpan.Zero, TimeSpan.FromMilliseconds(500)));
            },
            run =>
            {
                run.Options.Lease = TimeSpan.FromMinutes(10);
                run.UseClock(clock = new SlowClock(run.World.Time));
                run.Observe = _ => firedAt.Add(clock.GetUtcNow());
            });
    }

    [Fact]
    public void Due_times_are_whole_microseconds_and_not_earlier_than_asked_for() => Run(async run =>
    {
        var due = run.World.Time.GetUtcNow().AddHours(3).AddTicks(11).ToOffset(TimeSpan.FromHours(5));
        await run.Probe("a").Do(Script.Of(probe => probe.Remind("bell", due)));
        await run.Probe("a").Do(Script.Of(probe => probe.Remind("last", DateTimeOffset.MaxValue)));

        Assert.Equal(due.UtcTicks + 9, run.Database.Reminders[0].Due.Ticks);
        Assert.Equal(2, run.Database.Reminders.Count);
    });

    [Fact]
    public void A_reminder_whose_turn_throws_is_a_failure_with_all_it_carried() => Run(async run =>
    {
        await run.Probe("a").Do(Script.Of(probe => probe.Remind("bad", probe.Time, [1, 2, 3])));
        await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            var failure = Assert.Single(run.Database.Failures);
            Assert.Equal(
                ("OnReminder", """["bad",0,"AQID"]"""),
                (failure.Method, Encoding.UTF8.GetString(failure.Arguments.Span)));
        });

    private static async Task<DateTimeOffset> SetAsync(EngineRun run, string key, string name, TimeSpan delay)
    {
        DateTimeOffset due = default;
        await run.Probe(key).Do(Script.Of(probe => probe.Remind(name, due = probe.Time + delay)));
        return due;
    }

    private static long FiredAt(string note) =>
        long.Parse(note[(note.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);

    private sealed class SlowClock(VirtualTime time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow().AddHours(1) - (time.Elapsed / 2_000);
    }
}
