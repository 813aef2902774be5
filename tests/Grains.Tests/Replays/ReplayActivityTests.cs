using Tributary.Grains.Replays;
using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Replays;
using Tributary.Storage.Messages;

namespace Tributary.Grains.Tests.Replays;

/// <summary>Where a slice of a replay begins and ends, to the position.</summary>
public sealed class ReplayActivityTests
{
    private readonly Target target = new();
    private readonly Log log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 3)]
    [InlineData(6, 5)]
    public async Task Messages_that_count_as_they_come_are_left_out_from_the_first_on(int fedFrom, int seen)
    {
        log.Add(6);
        target.FedFrom = At(fedFrom);

        var slice = await RunAsync();

        Assert.Equal(Enumerable.Range(1, seen).Select(i => (long)i), target.Seen);
        Assert.Equal((true, false), (slice.IsEnd, slice.IsWaiting));
        Assert.Equal((seen, (long)seen), (slice.SeenCount, slice.TotalCount));
        Assert.Equal(seen == 0 ? 0 : At(seen).Value, slice.Cursor);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task It_ends_as_soon_as_the_horizon_has_come_there_and_waits_until_then(int beyondHorizon, bool isEnd)
    {
        log.Add(3);
        target.FedFrom = new Position(log.Horizon.Value + beyondHorizon);

        var slice = await RunAsync();

        Assert.Equal((isEnd, !isEnd, 3L), (slice.IsEnd, slice.IsWaiting, slice.TotalCount));
        Assert.Equal([1, 2, 3], target.Seen);
    }

    [Fact]
    public async Task Slices_follow_each_other_without_a_gap_or_a_repeat()
    {
        log.Add(5);
        target.FedFrom = log.Horizon;
        target.MaxSliceCount = 2;
        var (cursor, ends) = (0L, new List<bool>());
        while (ends.Count < 10 && !ends.Contains(true))
        {
            var slice = await RunAsync(cursor);
            Assert.False(slice.IsWaiting);
            cursor = slice.Cursor;
            ends.Add(slice.IsEnd);
        }

        Assert.Equal([1, 2, 3, 4, 5], target.Seen);
        Assert.Equal([false, false, true], ends);
    }

    [Fact]
    public async Task A_slice_without_messages_keeps_its_place()
    {
        log.Add(3);
        target.FedFrom = log.Horizon;

        var slice = await RunAsync(At(3).Value);

        Assert.Empty(target.Seen);
        Assert.Equal((At(3).Value, 0, true), (slice.Cursor, slice.SeenCount, slice.IsEnd));
    }

    [Fact]
    public async Task The_first_millisecond_belongs_to_the_bounds_and_the_last_does_not()
    {
        log.Add(5);
        target.FedFrom = log.Horizon;

        var slice = await RunAsync(fromMs: 2, toMs: 4);

        Assert.Equal([2, 3], target.Seen);
        Assert.Equal(5, slice.SeenCount);
    }

    private static Position At(int number) => Position.Of(number, 0);

    private async Task<ReplaySlice> RunAsync(long cursor = 0, long? fromMs = null, long? toMs = null)
    {
        var services = new ReplayServices(log, (_, _) => new((StoredMessage?)null), _ => target);
        var activity = new ReplayActivity(services, ReplayOptions.Default);
        var order = new ReplayPayload(target.Generation, cursor, fromMs, toMs);
        var start = new ActivityStart(new RoundGrainId(ReplayGrain.GrainType, "a"), "slice", 1, order.Write(), null);
        return Assert.IsType<ReplaySlice>(await activity.RunAsync(start, Cancellation));
    }

    private sealed class Target : IReplayTarget
    {
        public List<long> Seen { get; } = [];

        public int Generation => 2;

        public Position FedFrom { get; set; }

        public int MaxSliceCount { get; set; } = 100;

        public ValueTask<ReplayedMessages> RunAsync(
            IReadOnlyList<StoredMessage> messages, CancellationToken cancellation)
        {
            Seen.AddRange(messages.Select(message => message.ItemSequence));
            return new(ReplayedMessages.None);
        }
    }

    /// <summary>Message n lies at transaction n and came n ms after 1970; the horizon lies behind the last.</summary>
    private sealed class Log : FakeMessages
    {
        private readonly List<StoredMessage> messages = [];

        public Position Horizon => At(messages.Count + 1);

        public void Add(int count)
        {
            for (var i = 1; i <= count; i++)
            {
                var receivedAt = DateTimeOffset.UnixEpoch.AddMilliseconds(i);
                var id = new MessageId(Guid.CreateVersion7());
                messages.Add(new StoredMessage(
                    At(i), id, "source", "item", i, receivedAt, "application/json", default, []));
            }
        }

        public override ValueTask<MessageSlice> ReadAfterAsync(
            Position after, int limit, long maxBytes, CancellationToken cancellation)
        {
            var found = messages.Where(message => message.Position > after).ToList();
            return new(new MessageSlice(found.Take(limit).ToList(), Horizon, found.Count <= limit));
        }

        public override ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) =>
            new(messages.Count(message => message.Position < below));
    }
}
