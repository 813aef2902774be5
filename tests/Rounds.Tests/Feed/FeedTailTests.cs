using System.Text;
using Tributary.Feed;

namespace Tributary.Rounds.Tests.Feed;

public sealed class FeedTailTests : IDisposable
{
    private readonly CancellationTokenSource deadline = new(Waiting.Limit);

    public void Dispose() => deadline.Dispose();

    [Fact]
    public async Task A_live_subscriber_gets_what_is_committed_after_it_came_in_order()
    {
        await using var feed = new FeedHarness();
        feed.Commit(3);
        using var subscription = feed.Tail.Subscribe(await feed.Tail.ReadEndAsync(deadline.Token));
        var reading = FeedHarness.ReadAsync(subscription, 4, deadline.Token);
        feed.Commit(2);
        feed.Commit(2);

        Assert.Equal([4, 5, 6, 7], await reading);
    }

    [Fact]
    public async Task A_replay_joins_the_live_tail_without_a_gap_or_a_repeat_while_messages_keep_coming()
    {
        await using var feed = new FeedHarness(new FeedOptions { MaxReadCount = 7 });
        feed.Commit(100);
        using var early = feed.Tail.Subscribe(Position.Start);
        var earlyReading = FeedHarness.ReadAsync(early, 600, deadline.Token);
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 250; i++)
                feed.Commit(2);
        });
        var late = new List<Task<List<int>>>();
        for (var after = 1; after <= 100; after += 9)
            late.Add(FeedHarness.ReadAsync(feed.Tail.Subscribe(feed.Log.At(after)), 600 - after, deadline.Token));
        await writing;

        Assert.Equal(Enumerable.Range(1, 600), await earlyReading);
        foreach (var reading in late)
        {
            var numbers = await reading;
            Assert.Equal(Enumerable.Range(numbers[0], 600 - numbers[0] + 1), numbers);
        }

        Assert.Equal(Enumerable.Range(0, late.Count).Select(i => 2 + 9 * i), late.Select(reading => reading.Result[0]));
    }

    [Fact]
    public async Task What_is_committed_between_the_replay_and_the_join_is_read_once()
    {
        await using var feed = new FeedHarness();
        feed.Commit(1);
        using var first = feed.Tail.Subscribe(Position.Start);
        var firstReading = FeedHarness.ReadAsync(first, 4, deadline.Token);
        var isFirst = 1;
        // The replay of the second has seen message 1 and not message 2, which the tail hands out before the second
        // joins.
        feed.Log.Reading = async slice =>
        {
            if (slice.Messages.Count == 1
                && slice.Messages[0].Position == feed.Log.At(1)
                && Interlocked.Exchange(ref isFirst, 0) == 1)
            {
                feed.Commit(1);
                await Waiting.UntilAsync(() => first.Reached >= feed.Log.At(2));
            }
        };
        using var second = feed.Tail.Subscribe(Position.Start);
        var secondReading = FeedHarness.ReadAsync(second, 4, deadline.Token);
        await Waiting.UntilAsync(() => Volatile.Read(ref isFirst) == 0 && second.Reached >= feed.Log.At(2));
        feed.Commit(2);

        Assert.Equal([1, 2, 3, 4], await firstReading);
        Assert.Equal([1, 2, 3, 4], await secondReading);
    }

    [Fact]
    public async Task Nothing_is_read_while_nobody_listens()
    {
        await using var feed = new FeedHarness();
        for (var i = 0; i < 10; i++)
            feed.Commit();
        using (var subscription = feed.Tail.Subscribe(Position.Start))
            await FeedHarness.ReadAsync(subscription, 10, deadline.Token);
        await feed.StopAsync();
        var reads = feed.Log.ReadsCount;
        feed.Tail.Hint();

        Assert.InRange(reads, 1, 3);
        Assert.Equal(0, feed.Tail.SubscribersCount);
    }

    [Fact]
    public async Task Without_a_hint_the_poll_finds_what_was_committed()
    {
        var time = new ManualTime();
        var options = new FeedOptions();
        await using var feed = new FeedHarness(options, time);
        using var subscription = feed.Tail.Subscribe(Position.Start);
        var reading = FeedHarness.ReadAsync(subscription, 1, deadline.Token);
        await Waiting.UntilAsync(() => feed.Log.ReadsCount >= 2);
        feed.Log.Commit();
        await time.FireAsync(options.PollInterval, deadline.Token);

        Assert.Equal([1], await reading);
    }

    [Fact]
    public async Task A_read_that_fails_is_tried_again_later()
    {
        var time = new ManualTime();
        var options = new FeedOptions();
        await using var feed = new FeedHarness(options, time);
        using var subscription = feed.Tail.Subscribe(Position.Start);
        var reading = FeedHarness.ReadAsync(subscription, 1, deadline.Token);
        await Waiting.UntilAsync(() => feed.Log.ReadsCount >= 2);
        feed.Log.FailuresLeft = 1;
        feed.Commit();
        await time.FireAsync(options.RetryDelay, deadline.Token);

        Assert.Equal([1], await reading);
    }

    [Fact]
    public async Task A_replay_that_fails_is_tried_again_later()
    {
        var time = new ManualTime();
        var options = new FeedOptions();
        await using var feed = new FeedHarness(options, time);
        feed.Log.Commit(2);
        feed.Log.FailuresLeft = 2;
        using var subscription = feed.Tail.Subscribe(Position.Start);
        var reading = FeedHarness.ReadAsync(subscription, 2, deadline.Token);
        await time.FireAsync(options.RetryDelay, deadline.Token);
        await time.FireAsync(2 * options.RetryDelay, deadline.Token);

        Assert.Equal([1, 2], await reading);
    }

    [Fact]
    public async Task A_replay_that_waits_for_the_store_ends_with_the_tail()
    {
        await using var feed = new FeedHarness();
        feed.Log.FailuresLeft = int.MaxValue;
        using var subscription = feed.Tail.Subscribe(Position.Start);
        var reading = FeedHarness.ReadAsync(subscription, 1, deadline.Token);
        await Waiting.UntilAsync(() => feed.Log.ReadsCount > 0);
        await feed.StopAsync();

        Assert.Empty(await reading);
        Assert.Equal(FeedEnd.Stopped, subscription.Ended);
    }

    [Fact]
    public async Task A_subscriber_whose_buffer_overflows_is_too_slow_and_can_resume_where_it_was()
    {
        await using var feed = new FeedHarness(new FeedOptions { MaxWaitingCount = 4 });
        using var fast = feed.Tail.Subscribe(Position.Start);
        var fastReading = FeedHarness.ReadAsync(fast, 40, deadline.Token);
        using var slow = feed.Tail.Subscribe(Position.Start);
        var slowNumbers = new List<int>();
        await using var slices = slow.ReadAllAsync(deadline.Token).GetAsyncEnumerator(deadline.Token);
        var taking = slices.MoveNextAsync();
        for (var round = 1; round <= 20; round++)
        {
            feed.Commit(2);
            await Waiting.UntilAsync(() => fast.Reached >= feed.Log.At(2 * round));
        }

        Assert.True(await taking);
        slowNumbers.AddRange(slices.Current.Messages.Select(FeedHarness.Number));
        Assert.False(await slices.MoveNextAsync());
        Assert.Equal(FeedEnd.TooSlow, slow.Ended);

        using var resumed = feed.Tail.Subscribe(slow.Reached);
        slowNumbers.AddRange(await FeedHarness.ReadAsync(resumed, 40 - slowNumbers.Count, deadline.Token));
        Assert.Equal(Enumerable.Range(1, 40), slowNumbers);
        Assert.Equal(Enumerable.Range(1, 40), await fastReading);
    }

    [Fact]
    public async Task Subscribers_share_one_instance_of_each_message_and_of_its_frame()
    {
        await using var feed = new FeedHarness();
        using var one = feed.Tail.Subscribe(Position.Start);
        using var two = feed.Tail.Subscribe(Position.Start);
        var readings = new[] { one, two }.Select(async subscription =>
        {
            await foreach (var slice in subscription.ReadAllAsync(deadline.Token))
                return slice.Messages[0];
            return null;
        }).ToList();
        await Waiting.UntilAsync(() => feed.Log.ReadsCount >= 3);
        feed.Commit();
        var messages = await Task.WhenAll(readings);

        Assert.Same(messages[0], messages[1]);
        Assert.Equal(
            $"{{\"cursor\":\"{messages[0]!.Cursor}\",\"message\":{{\"n\":1}}}}",
            Encoding.UTF8.GetString(messages[0]!.BodyWithCursor.Span));
        Assert.Equal(messages[0]!.BodyWithCursor, messages[1]!.BodyWithCursor);
    }

    [Fact]
    public async Task Stopping_ends_every_subscriber_after_what_it_has_waiting()
    {
        await using var feed = new FeedHarness();
        using var subscription = feed.Tail.Subscribe(Position.Start);
        var reading = FeedHarness.ReadAsync(subscription, 100, deadline.Token);
        feed.Commit(2);
        await Waiting.UntilAsync(() => subscription.Reached >= feed.Log.At(2));
        await feed.StopAsync();

        Assert.Equal([1, 2], await reading);
        Assert.Equal(FeedEnd.Stopped, subscription.Ended);
    }

    [Fact]
    public async Task More_subscribers_than_allowed_are_refused()
    {
        await using var feed = new FeedHarness(new FeedOptions { MaxSubscribersCount = 1 });
        var first = feed.Tail.Subscribe(Position.Start);

        Assert.Throws<OverloadedException>(() => feed.Tail.Subscribe(Position.Start));
        first.Dispose();
        feed.Tail.Subscribe(Position.Start).Dispose();
    }
}
