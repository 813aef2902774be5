using System.Text;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Failures;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private static ReminderWrite Reminder(
        string key, string name, DateTimeOffset due, string? activity = null, string type = "item") =>
        new(
            new PartitionId(9),
            new RoundGrainId(type, key),
            name,
            new ReminderRequest(name, due, 3, activity, Encoding.UTF8.GetBytes(name)));

    [Fact]
    public async Task Reminders_come_earliest_first_in_pages_that_do_not_overlap()
    {
        var silo = await JoinAsync();
        // U+FF5E sorts before an emoji as UTF-8 and after it as UTF-16; upper case sorts before lower case as bytes.
        string[] keys = ["", "B", "a", "ä", "\uff5e", "😀"];
        var writes = new List<ReminderWrite>();
        for (var second = 2; second >= 0; second--)
        {
            foreach (var key in keys.Reverse())
            {
                writes.Add(Reminder(key, $"b{second}", TestSilo.Noon.AddSeconds(second).AddMicroseconds(1)));
                writes.Add(Reminder(key,
                    $"a{second}", TestSilo.Noon.AddSeconds(second).AddMicroseconds(1), activity: "fetch"));
            }
        }

        await silo.CommitAsync(round => round.Reminders.AddRange(writes));
        var read = new List<ReminderRow>();
        var after = ReminderMark.At(TestSilo.Noon);
        while (true)
        {
            var page = await silo.Store.ReadRemindersAsync(
                after, TestSilo.Noon.AddSeconds(1).AddMicroseconds(1), 5, Cancellation);
            read.AddRange(page);
            if (page.Count < 5)
                break;
            after = page[^1].Mark;
        }

        var expected =
            from second in Enumerable.Range(0, 2)
            from key in keys
            from name in new[] { $"a{second}", $"b{second}" }
            select (second, key, name);
        Assert.Equal(
            expected.ToList(),
            read.Select(row => ((int)(row.Due - TestSilo.Noon).TotalSeconds, row.Grain.Key, row.Name)).ToList());
        Assert.All(read, row =>
            Assert.Equal(
                TestSilo.Noon.AddMicroseconds(1).Ticks % TimeSpan.TicksPerSecond,
                row.Due.Ticks % TimeSpan.TicksPerSecond));
        Assert.All(read, row => Assert.Equal((row.Name[0] == 'a' ? "fetch" : null, 3), (row.Activity, row.Attempt)));
        Assert.All(read, row => Assert.Equal(row.Name, Encoding.UTF8.GetString(row.Payload.Span)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task A_reminder_is_moved_and_removed_by_its_name(int count)
    {
        var silo = await JoinAsync();
        var later = TestSilo.Noon.AddDays(1);
        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < count; i++)
            {
                round.Reminders.Add(Reminder($"{i}", "moved", TestSilo.Noon));
                round.Reminders.Add(Reminder($"{i}", "removed", TestSilo.Noon));
            }
        });

        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < count; i++)
            {
                round.Reminders.Add(Reminder($"{i}", "moved", later));
                round.Reminders.Add(Reminder($"{i}", "removed", later) with { Set = null });
                round.Reminders.Add(Reminder($"{i}", "never was", later) with { Set = null });
                round.Reminders.Add(Reminder($"{i}", "new", later));
            }
        });

        var left = await silo.Store.ReadRemindersAsync(
            ReminderMark.At(DateTimeOffset.MinValue), DateTimeOffset.MaxValue, 10_000, Cancellation);
        Assert.Equal(2 * count, left.Count);
        Assert.All(left, row => Assert.Equal(later, row.Due));
        Assert.Equal(["moved", "new"], left.Select(row => row.Name).Distinct());
    }

    [Fact]
    public async Task Deferred_calls_come_in_order_and_end_with_the_round_that_made_them()
    {
        var silo = await JoinAsync();
        DeferredCall Call(int number) => new(
            0, new PartitionId(1), new RoundGrainId("item", $"key {number}"), "Do",
            Encoding.UTF8.GetBytes($"[{number}]"));
        var transaction = await silo.CommitAsync(
            round => round.Deferred.AddRange([Call(1), Call(2), Call(3), Call(4)]));
        long Sequence(int number) => RoundCommit.SequenceOf(transaction, number - 1);

        await silo.CommitAsync(round =>
        {
            round.DeferredDone.AddRange([Sequence(2), Sequence(3)]);
            round.Deferred.Add(Call(5));
        });

        var first = await silo.Store.ReadDeferredCallsAsync(0, 2, Cancellation);
        Assert.Equal([Sequence(1), Sequence(4)], first.Select(call => call.Sequence));
        var rest = Assert.Single(await silo.Store.ReadDeferredCallsAsync(Sequence(4), 2, Cancellation));
        Assert.Equal(
            (new RoundGrainId("item", "key 5"), "Do", "[5]"),
            (rest.Target, rest.Method, Encoding.UTF8.GetString(rest.Arguments.Span)));
        Assert.Equal(
            new WaitingRows(new PartitionId(1), 3),
            Assert.Single(await silo.Store.CountDeferredAsync(10, Cancellation)));
    }

    [Fact]
    public async Task A_deferred_call_keeps_its_origin()
    {
        var silo = await JoinAsync();
        var call = new DeferredCall(0, new PartitionId(1), new RoundGrainId("item", "key"), "Do", "[]"u8.ToArray());
        await silo.CommitAsync(round => round.Deferred.AddRange([call, call with { Origin = long.MaxValue }]));

        var left = await silo.Store.ReadDeferredCallsAsync(0, 2, Cancellation);

        Assert.Equal([0, long.MaxValue], left.Select(row => row.Origin));
    }

    [Fact]
    public async Task What_is_counted_up_to_a_position_waits_for_calls_of_its_rounds_and_for_what_follows_from_them()
    {
        var silo = await JoinAsync();
        var call = new DeferredCall(0, new PartitionId(1), new RoundGrainId("item", "key"), "Do", "[]"u8.ToArray());
        var before = await silo.CommitAsync(TestSilo.Message());
        var transaction = await silo.CommitAsync(round =>
        {
            round.Messages.Add(TestSilo.Message());
            round.Deferred.AddRange([call, call]);
        });
        var first = RoundCommit.SequenceOf(transaction, 0);
        ValueTask<CountedSoFar> CountedAsync(long upTo) =>
            silo.Store.Aggregates.ReadCountedAsync(Position.Of(upTo, 0), Cancellation);

        Assert.Equal(new CountedSoFar(IsVisible: true, HasWaitingCalls: false), await CountedAsync(before));
        Assert.Equal(new CountedSoFar(IsVisible: true, HasWaitingCalls: true), await CountedAsync(transaction));
        Assert.False((await CountedAsync(transaction + 1_000)).IsVisible);
        // What a later round makes of one of the calls is a call that goes back to the message.
        var next = await silo.CommitAsync(round =>
        {
            round.DeferredDone.AddRange([first, first + 1]);
            round.Deferred.Add(call with { Origin = first });
        });
        Assert.True((await CountedAsync(transaction)).HasWaitingCalls);
        await silo.CommitAsync(round => round.DeferredDone.Add(RoundCommit.SequenceOf(next, 0)));
        Assert.True((await CountedAsync(transaction)).IsComplete);
    }

    [Fact]
    public async Task A_page_of_deferred_calls_says_which_rounds_it_saw()
    {
        var silo = await JoinAsync();
        var call = new DeferredCall(0, new PartitionId(1), new RoundGrainId("item", "key"), "Do", "[]"u8.ToArray());
        var first = await silo.CommitAsync(round => round.Deferred.AddRange([call, call]));
        var page = await silo.Store.ReadDeferredCallsAsync(null, 0, 1, Cancellation);
        var second = await silo.CommitAsync(round => round.DeferredDone.Add(page.Calls[0].Sequence));
        var other = await silo.Store.ReadDeferredCallsAsync([new PartitionId(2)], 0, 1, Cancellation);

        Assert.Equal(first, page.Calls[0].Transaction);
        Assert.Equal((true, false), (page.Snapshot.Sees(first), page.Snapshot.Sees(second)));
        Assert.Empty(other.Calls);
        Assert.Equal((true, true), (other.Snapshot.Sees(first), other.Snapshot.Sees(second)));
    }

    [Fact]
    public async Task A_round_that_ends_a_deferred_call_that_is_not_there_leaves_nothing()
    {
        var silo = await JoinAsync();
        var call = new DeferredCall(0, new PartitionId(1), new RoundGrainId("item", "key"), "Do", "[]"u8.ToArray());
        var sequence = RoundCommit.SequenceOf(await silo.CommitAsync(round => round.Deferred.Add(call)), 0);
        async Task<bool> IsRefusedAsync()
        {
            try
            {
                return await silo.TryCommitAsync(round =>
                {
                    round.DeferredDone.AddRange([sequence, sequence + 1]);
                    round.Deferred.Add(call);
                }) is CommitOutcome.Rejected;
            }
            catch (InvalidOperationException)
            {
                // The store in memory takes it for a fault of the engine.
                return true;
            }
        }

        Assert.True(await IsRefusedAsync());
        Assert.Equal(
            sequence, Assert.Single(await silo.Store.ReadDeferredCallsAsync(0, 10, Cancellation)).Sequence);
    }

    [Fact]
    public async Task A_failure_is_stored_whatever_its_error_says()
    {
        var silo = await JoinAsync();

        await silo.CommitAsync(round => round.Failures.Add(new FailureRow(
            Guid.CreateVersion7(), TestSilo.Noon, new PartitionId(1), new RoundGrainId("item", "key"), "Do",
            new byte[] { 0, 1 }, "nul \0 and half \udc00 a pair")));
    }
}
