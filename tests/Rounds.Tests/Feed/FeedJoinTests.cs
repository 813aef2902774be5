using Tributary.Feed;

namespace Tributary.Rounds.Tests.Feed;

/// <summary>Where a subscriber's own reads end and the tail's slices begin, and how much of these may wait.</summary>
public sealed class FeedJoinTests : IDisposable
{
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromMinutes(2));

    public void Dispose() => deadline.Dispose();

    [Fact]
    public async Task A_subscriber_that_has_caught_up_reads_nothing_by_itself()
    {
        await using var feed = new FeedHarness();
        feed.Commit(3);
        feed.Log.Reading = _ => feed.Log.ReadsCount < 20
            ? Task.CompletedTask
            : throw new InvalidOperationException("It reads again and again.");
        using var subscription = feed.Tail.Subscribe(await feed.Tail.ReadEndAsync(deadline.Token));
        var reading = FeedHarness.ReadAsync(subscription, 1, deadline.Token);
        feed.Commit(1);

        Assert.Equal([4], await reading);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task However_much_lies_between_the_replay_and_the_tail_all_of_it_is_read(int between)
    {
        await using var feed = new FeedHarness(new FeedOptions { MaxReadCount = 2 });
        feed.Commit(1);
        using var first = feed.Tail.Subscribe(Position.Start);
        var firstReading = FeedHarness.ReadAsync(first, 2 + between, deadline.Token);
        using var second = feed.Tail.Subscribe(Position.Start);
        await using var slices = second.ReadAllAsync(deadline.Token).GetAsyncEnumerator(deadline.Token);
        var numbers = await NextAsync(slices);

        // The second has read all there was and has not joined; the tail goes on for the first.
        feed.Commit(between);
        await UntilAsync(() => first.Reached >= feed.Log.At(1 + between));
        var taking = NextAsync(slices);
        feed.Commit(1);
        numbers.AddRange(await taking);
        while (numbers.Count < 2 + between)
            numbers.AddRange(await NextAsync(slices));

        Assert.Equal(Enumerable.Range(1, 2 + between), numbers);
        Assert.Equal(Enumerable.Range(1, 2 + between), await firstReading);
    }

    [Fact]
    public async Task What_the_tail_offers_and_the_replay_has_read_comes_once()
    {
        await using var feed = new FeedHarness(new FeedOptions { MaxReplayReadsCount = 1 });
        feed.Commit(1);
        using var first = feed.Tail.Subscribe(Position.Start);
        var firstReading = FeedHarness.ReadAsync(first, 4, deadline.Token);
        using var second = feed.Tail.Subscribe(Position.Start);
        await using var slices = second.ReadAllAsync(deadline.Token).GetAsyncEnumerator(deadline.Token);
        var numbers = await NextAsync(slices);
        feed.Commit(1);
        await UntilAsync(() => first.Reached >= feed.Log.At(2));

        // The third, which reads from the start, holds the only place for replays while the second joins.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        feed.Log.Reading = slice => slice.Messages.Count > 0 && slice.Messages[0].Position == feed.Log.At(1)
            ? gate.Task
            : Task.CompletedTask;
        using var third = feed.Tail.Subscribe(Position.Start);
        var thirdReading = FeedHarness.ReadAsync(third, 4, deadline.Token);
        var taking = NextAsync(slices);
        feed.Commit(1);
        await UntilAsync(() => first.Reached >= feed.Log.At(3));
        gate.SetResult();
        numbers.AddRange(await taking);
        feed.Commit(1);
        while (numbers.Count < 4)
            numbers.AddRange(await NextAsync(slices));

        Assert.Equal([1, 2, 3, 4], numbers);
        Assert.Equal([1, 2, 3, 4], await firstReading);
        Assert.Equal([1, 2, 3, 4], await thirdReading);
    }

    [Theory]
    [InlineData(4, 1_000)]
    [InlineData(1_000, 28)]
    public async Task As_much_as_the_limits_say_may_wait_and_no_more(int maxCount, int maxBytes)
    {
        var options = new FeedOptions { MaxWaitingCount = maxCount, MaxWaitingBytes = maxBytes };
        await using var feed = new FeedHarness(options);
        using var slow = feed.Tail.Subscribe(Position.Start);
        await using var slices = slow.ReadAllAsync(deadline.Token).GetAsyncEnumerator(deadline.Token);
        var taking = NextAsync(slices);
        // Offered after the slow one: what it has reached was offered to both.
        using var fast = feed.Tail.Subscribe(Position.Start);
        var fastReading = FeedHarness.ReadAsync(fast, 6, deadline.Token);
        for (var number = 1; number <= 5; number++)
        {
            feed.Commit();
            await UntilAsync(() => fast.Reached >= feed.Log.At(number));
            if (number == 1)
                Assert.Equal([1], await taking);
        }

        // Four of seven bytes wait.
        Assert.Equal(FeedEnd.None, slow.Ended);
        feed.Commit();
        await fastReading;
        Assert.Equal(FeedEnd.TooSlow, slow.Ended);
    }

    [Fact]
    public async Task A_slice_beyond_the_limits_is_let_in_when_nothing_waits()
    {
        await using var feed = new FeedHarness(new FeedOptions { MaxWaitingCount = 4 });
        using var subscription = feed.Tail.Subscribe(Position.Start);
        var reading = FeedHarness.ReadAsync(subscription, 10, deadline.Token);
        feed.Commit(10);

        Assert.Equal(Enumerable.Range(1, 10), await reading);
    }

    [Fact]
    public async Task A_tail_that_nobody_listened_to_goes_on_where_its_first_subscriber_is()
    {
        await using var feed = new FeedHarness(new FeedOptions { MaxReadCount = 2 });
        feed.Commit(100);
        using var subscription = feed.Tail.Subscribe(Position.Start);
        var reading = FeedHarness.ReadAsync(subscription, 101, deadline.Token);
        feed.Commit(1);

        Assert.Equal(Enumerable.Range(1, 101), await reading);
        // Fifty by the subscriber, and one or two by the tail for each hint.
        Assert.InRange(feed.Log.ReadsCount, 51, 55);
    }

    [Theory]
    [InlineData(1, new[] { 2, 3 })]
    [InlineData(2, new[] { 3 })]
    [InlineData(3, new int[0])]
    public async Task A_slice_is_cut_right_behind_the_message_at_the_position(int cutAt, int[] left)
    {
        var log = new ListLog();
        log.Commit(3);
        var read = await log.ReadAfterAsync(Position.Start, 10, long.MaxValue, deadline.Token);

        var slice = FeedSlice.Of(read, Position.Start, FeedHarness.History).After(log.At(cutAt));

        Assert.Equal(left, slice.Messages.Select(FeedHarness.Number));
        Assert.Equal(7 * left.Length, slice.Bytes);
    }

    private static async Task<List<int>> NextAsync(IAsyncEnumerator<FeedSlice> slices)
    {
        Assert.True(await slices.MoveNextAsync());
        return [.. slices.Current.Messages.Select(FeedHarness.Number)];
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
