using Tributary.Grains.Dedupe;
using Tributary.Pipeline.Dedupe;
using Tributary.Storage.ExternalIds;

namespace Tributary.Grains.Tests.Grains;

public sealed class DedupeGrainTests
{
    private readonly FakeTurn turn = new(DedupeGrain.GrainType, DedupeGrain.TheKey);
    private readonly DedupeGrain grain;

    public DedupeGrainTests() => grain = turn.Attach(new DedupeGrain());

    [Fact]
    public async Task Ensuring_sets_the_daily_reminder_once()
    {
        await grain.Ensure();
        turn.Now += TimeSpan.FromHours(1);
        await grain.Ensure();
        Assert.Equal(FakeTurn.Start.AddDays(1), turn.Reminders[DedupeGrain.Daily].Due);
    }

    [Fact]
    public async Task Ensuring_calls_for_an_overdue_reminder_at_once()
    {
        await grain.Ensure();
        turn.Reminders.Clear();
        turn.Now += TimeSpan.FromDays(2);
        await grain.Ensure();
        Assert.Equal(turn.Now, turn.Reminders[DedupeGrain.Daily].Due);
    }

    [Fact]
    public async Task The_result_of_an_earlier_attempt_changes_nothing()
    {
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        var before = ((IStateful)grain).State;
        await grain.OnActivity(DedupeGrain.Cut, 1, new ActivityResult(new CutResult(10, true), null));
        Assert.Same(before, ((IStateful)grain).State);
        Assert.Equal(2, turn.Reminders[DedupeGrain.Cut].Attempt);
    }

    [Fact]
    public async Task A_reminder_sets_the_next_one_and_starts_the_activity()
    {
        await grain.Ensure();
        turn.Now += TimeSpan.FromDays(1);
        await grain.OnReminder(DedupeGrain.Daily, 0, default);

        Assert.Equal(turn.Now.AddDays(1), turn.Reminders[DedupeGrain.Daily].Due);
        Assert.Equal((CutExternalIdsActivity.Name, 1, turn.Now), Started());
    }

    [Fact]
    public async Task What_is_left_is_removed_by_the_next_activity()
    {
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        await grain.OnActivity(DedupeGrain.Cut, 1, new ActivityResult(new CutResult(10_000, true), null));
        Assert.Equal((CutExternalIdsActivity.Name, 2, turn.Now), Started());

        turn.Reminders.Clear();
        await grain.OnActivity(DedupeGrain.Cut, 2, new ActivityResult(new CutResult(5, false), null));
        Assert.Empty(turn.Reminders);
        Assert.Equal(10_005, ((DedupeState)((IStateful)grain).State!).Removed);
    }

    [Fact]
    public async Task A_failure_is_tried_again_later_and_later()
    {
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        var delays = new List<TimeSpan>();
        for (var attempt = 1; attempt <= 8; attempt++)
        {
            await grain.OnActivity(DedupeGrain.Cut, attempt, new ActivityResult(null, "the database is away"));
            delays.Add(turn.Reminders[DedupeGrain.Cut].Due - turn.Now);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], delays.Select(delay => delay.TotalMinutes));
    }

    [Fact]
    public async Task A_success_begins_the_waits_anew()
    {
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        for (var attempt = 1; attempt <= 3; attempt++)
            await grain.OnActivity(DedupeGrain.Cut, attempt, new ActivityResult(null, "the database is away"));
        await grain.OnActivity(DedupeGrain.Cut, 4, new ActivityResult(new CutResult(5, false), null));
        await grain.OnReminder(DedupeGrain.Daily, 0, default);
        await grain.OnActivity(DedupeGrain.Cut, 5, new ActivityResult(null, "the database is away"));

        Assert.Equal(TimeSpan.FromMinutes(1), turn.Reminders[DedupeGrain.Cut].Due - turn.Now);
    }

    [Fact]
    public async Task The_activity_removes_what_is_older_than_remembered_in_bounded_steps()
    {
        var externalIds = new CutExternalIds { Left = 25 };
        var options = new DedupeOptions { MaxStepRowsCount = 10, MaxStepsCount = 2 };
        var activity = new CutExternalIdsActivity(externalIds, new FixedTime(), options);

        var first = await activity.RunAsync(
            new ActivityStart(turn.Id, DedupeGrain.Cut, 1, default, null), TestContext.Current.CancellationToken);
        var second = await activity.RunAsync(
            new ActivityStart(turn.Id, DedupeGrain.Cut, 2, default, null), TestContext.Current.CancellationToken);

        Assert.Equal(new CutResult(20, IsMore: true), first);
        Assert.Equal(new CutResult(5, IsMore: false), second);
        Assert.All(externalIds.Before, before => Assert.Equal(FakeTurn.Start.AddDays(-30), before));
    }

    private (string? Activity, int Attempt, DateTimeOffset Due) Started()
    {
        var request = turn.Reminders[DedupeGrain.Cut];
        return (request.Activity, request.Attempt, request.Due);
    }

    private sealed class CutExternalIds : IExternalIds
    {
        public int Left { get; set; }

        public List<DateTimeOffset> Before { get; } = [];

        public ValueTask<int> CutAsync(DateTimeOffset before, int limit, CancellationToken cancellation)
        {
            Before.Add(before);
            var cut = Math.Min(limit, Left);
            Left -= cut;
            return ValueTask.FromResult(cut);
        }
    }
}
