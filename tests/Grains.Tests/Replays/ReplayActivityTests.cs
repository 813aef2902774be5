using Tributary.Runtime.Store;

namespace Tributary.Grains.Tests.Replays;

public sealed class ReplayActivityTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly Log log = new() { Messages = [Stored(10), Stored(20), Stored(30)], Horizon = new Position(31) };
    private readonly Target target = new() { FedFrom = new Position(20) };

    [Fact]
    public async Task Messages_are_replayed_up_to_the_first_that_is_counted_as_it_comes()
    {
        var slice = await RunAsync(new ReplayOrder(2, 0, null, null));

        Assert.Equal([10L], target.Seen);
        Assert.Equal((10L, 1, true, false), (slice.Cursor, slice.SeenCount, slice.IsEnd, slice.IsWaiting));
        Assert.Equal(new Position(20), Assert.Single(log.CountedBelow));
    }

    [Theory]
    [InlineData(50, 50, true)]
    [InlineData(50, 51, true)]
    [InlineData(50, 49, false)]
    public async Task A_replay_has_ended_when_the_horizon_has_reached_what_is_counted_as_it_comes(
        long fedFrom, long horizon, bool isEnd)
    {
        target.FedFrom = new Position(fedFrom);
        log.Horizon = new Position(horizon);

        var slice = await RunAsync(new ReplayOrder(2, 30, null, null));

        Assert.Equal((30L, 0, isEnd, !isEnd), (slice.Cursor, slice.SeenCount, slice.IsEnd, slice.IsWaiting));
        Assert.Equal(new Position(Math.Min(fedFrom, horizon)), Assert.Single(log.CountedBelow));
    }

    [Fact]
    public async Task Bounds_of_time_take_the_first_millisecond_and_leave_the_last()
    {
        target.FedFrom = new Position(31);

        var slice = await RunAsync(new ReplayOrder(2, 0, FromMs: 10, ToMs: 30));

        Assert.Equal([10L, 20L], target.Seen);
        Assert.Equal(3, slice.SeenCount);
    }

    private async Task<ReplaySlice> RunAsync(ReplayOrder order)
    {
        var services = new ReplayServices(
            log, (_, _) => throw new InvalidOperationException("Nothing is looked up."), _ => target);
        var activity = new ReplayActivity(services, ReplayOptions.Default);
        var start = new ActivityStart(
            new GrainId(ReplayGrain.GrainType, "by-group"), ReplayGrain.Slice, 1, order.Write(), null);
        return Assert.IsType<ReplaySlice>(await activity.RunAsync(start, Cancellation));
    }

    // Received at as many milliseconds as its position says.
    private static StoredMessage Stored(long position) => new(
        new Position(position), new MessageId(Guid.CreateVersion7()), "test", "item", 1,
        DateTimeOffset.FromUnixTimeMilliseconds(position), "application/json", "{}"u8.ToArray(), []);

    private sealed class Target : IReplayTarget
    {
        public List<long> Seen { get; } = [];

        public int Generation => 2;

        public Position FedFrom { get; set; }

        public int MaxSliceCount => 100;

        public ValueTask<ReplayedMessages> RunAsync(
            IReadOnlyList<StoredMessage> messages, CancellationToken cancellation)
        {
            Seen.AddRange(messages.Select(message => message.Position.Value));
            return ValueTask.FromResult(ReplayedMessages.None);
        }
    }

    private sealed class Log : FakeMessageLog
    {
        public IReadOnlyList<StoredMessage> Messages { get; init; } = [];

        public Position Horizon { get; set; }

        public List<Position> CountedBelow { get; } = [];

        public override ValueTask<MessageSlice> ReadAfterAsync(
            Position after, int limit, long maxBytes, CancellationToken cancellation) =>
            ValueTask.FromResult(
                new MessageSlice([.. Messages.Where(message => message.Position > after)], Horizon, Complete: true));

        public override ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation)
        {
            CountedBelow.Add(below);
            return ValueTask.FromResult((long)Messages.Count(message => message.Position < below));
        }

        public override ValueTask<int> CutExternalIdsAsync(
            DateTimeOffset before, int limit, CancellationToken cancellation) =>
            throw new InvalidOperationException("Nothing is cut.");
    }
}
