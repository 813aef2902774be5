using Tributary.Messages;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>What waits for its activity costs disk, not memory.</summary>
public sealed class ActivityLimitTests
{
    private const int JobsCount = 40;

    [Fact]
    public void Activities_are_taken_only_while_there_is_room() => Run(
        async run =>
        {
            await StartJobsAsync(run);
            var most = 0;
            await run.UntilAsync(() =>
            {
                most = Math.Max(most, run.Host.ActivityCount);
                return run.Notes.Count == JobsCount;
            });
            await run.UntilAsync(() => run.Host.ActivityCount == 0);

            Assert.InRange(most, 7, 8);
            Assert.Empty(run.Database.Reminders);
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 2;
            run.Options.MaxWaitingActivitiesCount = 5;
            run.Options.MaxWaitingResultsCount = 1;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void Who_brings_work_can_wait_for_room() => Run(
        async run =>
        {
            await run.Host.WaitForActivityRoomAsync();
            await StartJobsAsync(run);
            await run.UntilAsync(() => run.Host.ActivityCount > 0);
            var room = AwaitAsync(run.Host.WaitForActivityRoomAsync());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => AwaitAsync(run.Host.WaitForActivityRoomAsync(new CancellationToken(canceled: true))));

            await run.UntilAsync(() => run.Notes.Count >= JobsCount - 20);
            Assert.False(room.IsCompleted);
            await run.UntilAsync(() => room.IsCompleted);
            Assert.True(run.Notes.Count < JobsCount);
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 2;
            run.Options.MaxWaitingActivitiesCount = 5;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void Room_comes_also_with_the_end_of_an_incarnation() => Run(
        async run =>
        {
            await StartJobsAsync(run);
            await run.UntilAsync(() => run.Host.ActivityCount > 0);
            var room = AwaitAsync(run.Host.WaitForActivityRoomAsync());
            await run.Host.StopAsync();
            await room;

            Assert.Equal(0, run.Host.ActivityCount);
        },
        run =>
        {
            run.Options.MaxWaitingActivitiesCount = 1;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void A_reminder_does_not_wait_for_activities() => Run(
        async run =>
        {
            await StartJobsAsync(run);
            await run.Probe("a").Do(Script.Of(probe => probe.Remind("bell", probe.Time.AddMilliseconds(500))));
            await run.UntilAsync(() => run.Notes.Count > 0);

            Assert.StartsWith("a rang bell", run.Notes[0], StringComparison.Ordinal);
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 1;
            run.Options.MaxWaitingActivitiesCount = 1;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void A_backlog_stays_on_disk_and_is_worked_off_in_the_order_in_which_it_is_due() => Run(
        async run =>
        {
            var jobs = (Jobs)run.Activities["work"];
            await StartInOrderAsync(0, JobsCount);
            await run.RestartAsync();
            var before = jobs.Starts.Count;
            await StartInOrderAsync(JobsCount, 10);
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

                var names = jobs.Starts.Skip(before).Select(start => start.Name).ToList();
                Assert.Equal(names.Order(StringComparer.Ordinal), names);
                Assert.Equal(
                    JobsCount + 10,
                    names.Concat(jobs.Starts.Take(before).Select(start => start.Name)).Distinct().Count());

            async Task StartInOrderAsync(int first, int count)
            {
                for (var i = first; i < first + count; i++)
                {
                    await run.World.Delay(TimeSpan.FromMilliseconds(1));
                    await run.Probe($"p {i % 7}").Do(Script.Of(probe => probe.Start($"job {i:00}", "work")));
                }
            }
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 1;
            run.Options.MaxWaitingActivitiesCount = 2;
            run.Options.MaxRemindersCount = 6;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void No_activity_starts_while_results_pile_up() =>
        Run(
            async run =>
            {
                var jobs = (Jobs)run.Activities["work"];
                await StartJobsAsync(run);
                var hold = new TaskCompletionSource();
                run.Faults.DelayBefore = operation =>
                    operation.Call == StoreCall.Commit ? new ValueTask(hold.Task) : default;
                var call = AwaitAsync(run.Probe("a").Add(1));
                await run.World.Delay(TimeSpan.FromMinutes(1));

            // Two whose turns are in the open round, two that wait for theirs, and those that ran meanwhile.
            Assert.InRange(jobs.Starts.Count, 4, 8);
            hold.SetResult();
            await call;
            await run.UntilAsync(() => run.Notes.Count == JobsCount);
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 4;
            run.Options.MaxWaitingResultBytes = 1_000;
            run.Options.MaxRoundInputsCount = 2;
            run.Activities["work"] = new Jobs(run, _ => new Output { SizeBytes = 500 });
        });

    [Fact]
    public void What_is_handed_over_is_bounded_by_count_and_bytes() => Run(
        async run =>
        {
            var jobs = (Jobs)run.Activities["work"];
            var big = new Output { SizeBytes = 600 };
            var small = new Output { SizeBytes = 100 };
            await run.Probe("a").Do(Script.Of(probe =>
            {
                for (var i = 0; i < 6; i++)
                    probe.Start($"job {i}", "work", local: i == 2 ? small : big, due: probe.Time.AddMilliseconds(i));
            }));
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);
            // What was handed over and taken makes room for others.
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job 6", "work", local: big)));
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

                Assert.Equal(
                    ["job 0", "job 2", "job 6"],
                    jobs.Starts.Where(start => start.Local is not null).Select(start => start.Name));
                Assert.Same(big, jobs.Starts[^1].Local);
            },
            run =>
            {
                run.Options.MaxLocalHandOversCount = 2;
                run.Options.MaxLocalHandOverBytes = 1_000;
                run.Activities["work"] = new Jobs(run, _ => null);
            });

    [Fact]
    public void A_message_that_is_handed_over_counts_with_its_body() => Run(
        async run =>
        {
            var jobs = (Jobs)run.Activities["work"];
            var message = new Message
            {
                Id = new MessageId(Guid.NewGuid()), Source = "s", Item = "i", MediaType =
                    "application/json", Body = new byte[600], ReceivedAt = DateTimeOffset.UnixEpoch,
            };
            await run.Probe("a").Do(Script.Of(probe =>
            {
                probe.Start("first", "work", local: new AppendedMessage(message, 1, []), due: probe.Time);
                probe.Start(
                    "second", "work", local: new AppendedMessage(message, 2, []), due: probe.Time.AddMilliseconds(1));
            }));
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(["first"], jobs.Starts.Where(start => start.Local is not null).Select(start => start.Name));
        },
        run =>
        {
            run.Options.MaxLocalHandOverBytes = 1_000;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void What_was_handed_over_with_an_activity_that_is_replaced_makes_room() =>
        Run(
            async run =>
            {
                var jobs = (Jobs)run.Activities["work"];
                for (var i = 0; i < 3; i++)
                    await run.Probe("a")
                        .Do(
                            Script.Of(probe =>
                                probe.Start("job", "work", due: probe.Time.AddMinutes(1), local: new Output())));
                await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.NotNull(Assert.Single(jobs.Starts).Local);
        },
        run =>
        {
            run.Options.MaxLocalHandOversCount = 1;
            run.Options.ReminderWindow = TimeSpan.FromHours(1);
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    [Fact]
    public void An_activity_that_is_replaced_while_it_waits_does_not_start() => Run(
        async run =>
        {
            var jobs = (Jobs)run.Activities["work"];
            await run.Probe("a").Do(Script.Of(probe => probe.Start("job", "work")));
            for (var i = 0; i < 3; i++)
                await run.Probe("b").Do(Script.Of(probe => probe.Start("job", "work")));
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);

            Assert.Equal(["a", "b"], jobs.Starts.Select(start => start.Owner.Key));
        },
        run =>
        {
            run.Options.MaxActivitiesCount = 1;
            run.Activities["work"] = new Jobs(run, _ => null);
        });

    private static async Task StartJobsAsync(EngineRun run)
    {
        for (var i = 0; i < JobsCount; i++)
            await run.Probe($"p {i}").Do(Script.Of(probe => probe.Start("job", "work")));
    }
}
