using Tributary.Aggregates;
using Tributary.Grains.Replays;
using Tributary.Grains.Tests.Grains;
using Tributary.Replays;

namespace Tributary.Grains.Tests.Replays;

public sealed class ReplayGrainTests
{
    private static readonly RoundGrainId Aggregate = new(AggregateKey.GrainType, "2/0/[]");

    private readonly FakeTurn turn = new(ReplayGrain.GrainType, "by-group");
    private readonly ReplayGrain grain;

    public ReplayGrainTests() =>
        grain = turn.Attach(
            new ReplayGrain(
                new ReplayOptions
                {
                    MaxFailedCount = 3,
                    MaxTriesCount = 2,
                    MaxRetriedCount = 1,
                }));

    private ReplayProgress Progress => Assert.Single(((ReplayState)((IStateful)grain).State!).Replays);

    private ReplayPayload Order => ReplayPayload.Read(Activity.Payload);

    private ReminderRequest Activity => turn.Reminders[ReplayGrain.Slice];

    [Fact]
    public async Task A_slice_is_added_once_in_the_turn_that_moves_the_cursor()
    {
        await grain.Start(new ReplayRequest(2));
        var first = Slice(cursor: 10, counted: 3);
        var attempt = Activity.Attempt;
        await EndAsync(attempt, first);
        await EndAsync(attempt, first);

        Assert.Equal((Aggregate.Key, 3), (Assert.Single(turn.Applied).Key, turn.Applied[0].Delta.Count));
        Assert.Equal((10, 3, ReplayStatus.Running), (Progress.Cursor, Progress.CountedCount, Progress.Status));
        Assert.Equal(10, Order.Cursor);
    }

    [Fact]
    public async Task It_ends_when_nothing_is_left_below_and_a_later_start_goes_on_from_there()
    {
        await grain.Start(new ReplayRequest(2));
        await EndAsync(Slice(cursor: 10, counted: 3) with { IsEnd = true });

        Assert.Equal((ReplayStatus.Completed, FakeTurn.Start), (Progress.Status, Progress.EndedAt));
        await grain.Start(new ReplayRequest(2));
        Assert.Equal((ReplayStatus.Running, 10L), (Progress.Status, Order.Cursor));
    }

    [Fact]
    public async Task One_generation_of_a_name_is_built_at_a_time_and_within_the_bounds_that_it_was_begun_with()
    {
        await grain.Start(new ReplayRequest(2, 5));
        await grain.Start(new ReplayRequest(2, 5));

        Assert.Equal(1, Activity.Attempt);
        Assert.Equal(
            "replay_running",
            (await Assert.ThrowsAsync<TributaryException>(async () => await grain.Start(new ReplayRequest(3)))).Code);
        Assert.Equal(
            "replay_bounds_fixed",
            (await Assert.ThrowsAsync<TributaryException>(async () => await grain.Start(new ReplayRequest(2)))).Code);
    }

    [Fact]
    public async Task What_was_cancelled_goes_on_where_it_was_and_a_late_slice_counts_nothing()
    {
        await grain.Start(new ReplayRequest(2));
        await EndAsync(Slice(cursor: 10, counted: 3));
        var (late, attempt) = (Slice(cursor: 20, counted: 4), Activity.Attempt);
        await grain.Cancel();

        Assert.Empty(turn.Reminders);
        await EndAsync(attempt, late);
        await grain.Start(new ReplayRequest(2));
        await EndAsync(attempt, late);
        Assert.Single(turn.Applied);
        Assert.Equal(10, Order.Cursor);
    }

    [Fact]
    public async Task A_failed_activity_is_tried_again_later_and_says_why()
    {
        await grain.Start(new ReplayRequest(2));
        await grain.OnActivity(ReplayGrain.Slice, 1, new ActivityResult(null, "store_transient: away"));
        await grain.OnActivity(ReplayGrain.Slice, 2, new ActivityResult(null, "store_transient: away"));

        Assert.Equal((ReplayStatus.Running, "store_transient: away"), (Progress.Status, Progress.Error));
        Assert.Equal(FakeTurn.Start.AddSeconds(2), Activity.Due);
        await EndAsync(Slice(cursor: 1, counted: 0));
        Assert.Null(Progress.Error);
    }

    [Fact]
    public async Task A_replay_that_has_reached_the_horizon_waits_for_it()
    {
        await grain.Start(new ReplayRequest(2));
        await EndAsync(Slice(cursor: 1, counted: 0) with { IsWaiting = true });

        Assert.True(Activity.Due > turn.Now);
    }

    [Fact]
    public async Task A_generation_that_is_not_counted_in_ends_the_replay()
    {
        await grain.Start(new ReplayRequest(2));
        await EndAsync(new ReplaySlice { Payload = Order, Error = "generation_not_fed: x" });

        Assert.Equal((ReplayStatus.Failed, "generation_not_fed: x"), (Progress.Status, Progress.Error));
    }

    [Fact]
    public async Task What_failed_is_tried_again_by_itself_and_then_on_demand()
    {
        var (mended, broken) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await grain.Start(new ReplayRequest(2));
        await EndAsync(Slice(cursor: 10, counted: 0, mended, broken) with { IsEnd = true });
        Assert.Equal([mended], Order.Messages!);
        await EndAsync(Slice(cursor: 10, counted: 1));
        Assert.Equal([broken], Order.Messages!);
        await EndAsync(Slice(cursor: 10, counted: 0, broken));

        Assert.Equal((ReplayStatus.Incomplete, broken), (Progress.Status, Assert.Single(Progress.Failed).Message));
        await grain.Start(new ReplayRequest(2));
        Assert.Null(Order.Messages);
        await EndAsync(Slice(cursor: 10, counted: 0) with { IsEnd = true });
        Assert.Equal([broken], Order.Messages!);
        await EndAsync(Slice(cursor: 10, counted: 1));
        Assert.Equal((ReplayStatus.Completed, 2L), (Progress.Status, Progress.CountedCount));
    }

    [Fact]
    public async Task Too_many_failures_stop_it_before_it_forgets_one()
    {
        await grain.Start(new ReplayRequest(2));
        await EndAsync(Slice(cursor: 10, counted: 0, [.. Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7())]));

        Assert.Equal((ReplayStatus.Incomplete, 4), (Progress.Status, Progress.Failed.Count));
        Assert.StartsWith("replay_failures_too_many", Progress.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_many_failures_as_are_allowed_do_not_stop_it()
    {
        await grain.Start(new ReplayRequest(2));
        await EndAsync(Slice(cursor: 10, counted: 0, [.. Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7())]));

        Assert.Equal((ReplayStatus.Running, 3), (Progress.Status, Progress.Failed.Count));
    }

    [Fact]
    public async Task Waits_grow_to_their_ceiling_and_begin_anew_after_a_slice()
    {
        await grain.Start(new ReplayRequest(2));
        var waits = new List<double>();
        for (var failures = 1; failures <= 8; failures++)
            waits.Add(await FailAsync());
        await EndAsync(Slice(cursor: 1, counted: 0));
        waits.Add(await FailAsync());

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 1], waits);

        async Task<double> FailAsync()
        {
            await grain.OnActivity(
                ReplayGrain.Slice, Activity.Attempt, new ActivityResult(null, "store_transient: away"));
            return (Activity.Due - turn.Now).TotalSeconds;
        }
    }

    [Fact]
    public async Task A_second_look_at_what_failed_leaves_the_count_of_messages_as_it_was()
    {
        await grain.Start(new ReplayRequest(2));
        await EndAsync(Slice(cursor: 10, counted: 4, Guid.CreateVersion7()) with { IsEnd = true, TotalCount = 5 });
        await EndAsync(Slice(cursor: 10, counted: 1));

        Assert.Equal((ReplayStatus.Completed, 5L, 5L), (Progress.Status, Progress.TotalCount, Progress.CountedCount));
    }

    private ReplaySlice Slice(long cursor, int counted, params Guid[] failed) => new()
    {
        Payload = Order,
        Cursor = cursor,
        SeenCount = counted + failed.Length,
        Replayed = new ReplayedMessages(
            counted,
            counted == 0 ? [] : new Dictionary<RoundGrainId, AggregateDelta> { [Aggregate] = new(counted, []) },
            [],
            [.. failed.Select(static id => new FailedReplay(id, "x: y"))]),
    };

    private Task EndAsync(ReplaySlice slice) => EndAsync(Activity.Attempt, slice);

    private async Task EndAsync(int attempt, ReplaySlice slice) =>
        await grain.OnActivity(ReplayGrain.Slice, attempt, new ActivityResult(slice, null));
}
