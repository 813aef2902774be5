using System.Text;
using Tributary.Storage.Failures;
using Tributary.Storage.Held;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private static readonly HeldReason Unread = new("state_unreadable", "state_unreadable: no such format");
    private static readonly HeldReason NoMethod = new(
        "grain_method_unknown", "grain_method_unknown: nul \0 and half \udc00 a pair");

    private static HeldCall Held(long sequence, string key, HeldReason? reason = null, int minutes = 0) => new(
        new DeferredCall(
            sequence, new PartitionId(1), new RoundGrainId("item", key), "Do", Encoding.UTF8.GetBytes($"[{sequence}]")),
        reason ?? Unread, TestSilo.Noon.AddMinutes(minutes));

    private static HeldWrite Hold(
        string key, string name, HeldReason? reason, bool mustBeHeld = false, int minutes = 0) =>
        new(new RoundGrainId("item", key), name, reason, TestSilo.Noon.AddMinutes(minutes), mustBeHeld);

    [Fact]
    public async Task A_deferred_call_that_is_held_leaves_its_place_and_keeps_its_number()
    {
        var silo = await JoinAsync();
        Assert.Equal(0, await silo.Store.Held.ReadLastCallAsync(Cancellation));
        var transaction = await silo.CommitAsync(
            round => round.Deferred.AddRange([Held(0, "a").Call, Held(0, "b").Call]));
        var (three, four) = (RoundCommit.SequenceOf(transaction, 0), RoundCommit.SequenceOf(transaction, 1));
        var nine = four + 5;
        Assert.Equal(four, await silo.Store.Held.ReadLastCallAsync(Cancellation));
        await silo.CommitAsync(round =>
        {
            round.DeferredDone.AddRange([three, four]);
            round.Held.AddRange([Held(three, "a"), Held(nine, "b", NoMethod, minutes: 1)]);
        });

        Assert.Empty(await silo.Store.ReadDeferredCallsAsync(0, 10, Cancellation));
        Assert.Equal(nine, await silo.Store.Held.ReadLastCallAsync(Cancellation));
        var first = Assert.Single(await silo.Store.Held.ReadCallsAsync(0, 1, Cancellation));
        Assert.Equal(
            (three, new PartitionId(1), new RoundGrainId("item", "a"), "Do", $"[{three}]", Unread, TestSilo.Noon),
            (first.Call.Sequence, first.Call.Partition, first.Call.Target, first.Call.Method,
                Encoding.UTF8.GetString(first.Call.Arguments.Span),
                first.Reason, first.HeldAt));
        var rest = Assert.Single(await silo.Store.Held.ReadCallsAsync(three, 10, Cancellation));
        Assert.Equal(
            (nine, "grain_method_unknown: nul \ufffd and half \ufffd a pair"), (rest.Call.Sequence, rest.Reason.Text));

        // Held again for another reason, the row is the same.
        await silo.CommitAsync(round => round.Held.Add(Held(three, "a", NoMethod, minutes: 5)));
        var again = (await silo.Store.Held.ReadCallsAsync(0, 10, Cancellation))[0];
        Assert.Equal(
            (three, "grain_method_unknown", TestSilo.Noon), (again.Call.Sequence, again.Reason.Code, again.HeldAt));

        await silo.CommitAsync(round => round.HeldDone.AddRange([nine, three]));
        Assert.Empty(await silo.Store.Held.ReadCallsAsync(0, 10, Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task A_held_reminder_is_due_when_it_was_before_as_soon_as_it_is_released(int count)
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < count; i++)
            {
                round.Reminders.Add(Reminder($"{i}", "held", TestSilo.Noon, activity: "fetch"));
                round.Reminders.Add(Reminder($"{i}", "other", TestSilo.Noon));
            }
        });
        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < count; i++)
            {
                round.HeldReminders.Add(Hold($"{i}", "held", NoMethod));
                round.HeldReminders.Add(Hold($"{i}", "never was", NoMethod));
                round.HeldReminders.Add(Hold($"{i}", "other", Unread, mustBeHeld: true));
            }
        });
        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < count; i++)
                round.HeldReminders.Add(Hold($"{i}", "held", Unread, mustBeHeld: true, minutes: 1));
        });

        Assert.All(await DueAsync(silo), row => Assert.Equal("other", row.Name));
        var held = await silo.Store.Held.ReadRemindersAsync(null, 1_000, Cancellation);
        Assert.Equal(count, held.Count);
        Assert.Equal(held.Select(row => row.Row.Grain.Key).Order(StringComparer.Ordinal),
            held.Select(row => row.Row.Grain.Key));
        Assert.All(held, row => Assert.Equal(
            ("held", TestSilo.Noon, "fetch", 3, Unread, TestSilo.Noon),
            (row.Row.Name, row.Row.Due, row.Row.Activity, row.Row.Attempt, row.Reason, row.HeldAt)));
        Assert.Equal(held.Skip(1).Select(row => row.Mark),
            (await silo.Store.Held.ReadRemindersAsync(held[0].Mark, 1_000, Cancellation)).Select(row => row.Mark));

        await silo.CommitAsync(round =>
        {
            for (var i = 0; i < count; i++)
            {
                round.HeldReminders.Add(Hold($"{i}", "held", null, mustBeHeld: true));
                round.HeldReminders.Add(Hold($"{i}", "other", null, mustBeHeld: true));
            }
        });
        Assert.Empty(await silo.Store.Held.ReadRemindersAsync(null, 1_000, Cancellation));
        var due = await DueAsync(silo);
        Assert.Equal(2 * count, due.Count);
        Assert.All(due, row => Assert.Equal(TestSilo.Noon, row.Due));
    }

    [Fact]
    public async Task Starts_that_were_noted_of_an_activity_are_forgotten_when_it_is_held()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round => round.Reminders.Add(Reminder("a", "held", TestSilo.Noon, activity: "fetch")));
        var started = Assert.Single(await DueAsync(silo));
        Assert.True(await silo.Store.NoteStartsAsync(silo.Id, [new StartNote(started, 2, true)], Cancellation));

        await silo.CommitAsync(round => round.HeldReminders.Add(Hold("a", "held", Unread)));
        var held = Assert.Single(await silo.Store.Held.ReadRemindersAsync(null, 10, Cancellation));
        await silo.CommitAsync(round => round.HeldReminders.Add(Hold("a", "held", null, mustBeHeld: true)));
        var released = Assert.Single(await DueAsync(silo));
        await silo.Store.LeaveAsync(silo.Id, Cancellation);

        Assert.Equal((0, false), (held.Row.StartsCount, held.Row.IsAlone));
        Assert.Equal((0, false), (released.StartsCount, released.IsAlone));
    }

    [Fact]
    public async Task A_reminder_that_is_set_or_removed_is_held_no_more()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
            round.Reminders.AddRange([Reminder("a", "set", TestSilo.Noon), Reminder("a", "gone", TestSilo.Noon)]));
        await silo.CommitAsync(round =>
            round.HeldReminders.AddRange([Hold("a", "set", Unread), Hold("a", "gone", Unread)]));
        var later = TestSilo.Noon.AddHours(1);
        await silo.CommitAsync(round => round.Reminders.AddRange(
            [Reminder("a", "set", later),
                Reminder("a", "gone", later) with { Set = null }]));

        Assert.Empty(await silo.Store.Held.ReadRemindersAsync(null, 10, Cancellation));
        Assert.Equal(("set", later), (Assert.Single(await DueAsync(silo)).Name, (await DueAsync(silo))[0].Due));
    }

    [Fact]
    public async Task Held_work_is_counted_and_listed_by_grain()
    {
        var silo = await JoinAsync();
        Assert.Empty(await silo.Store.Held.CountAsync(Cancellation));
        await silo.CommitAsync(round =>
        {
            round.Held.AddRange([Held(1, "b", minutes: 3), Held(2, "b", NoMethod, minutes: 4),
                Held(3, "a", minutes: 5), Held(4, "\uff5e"), Held(5, "😀")]);
            round.Reminders.AddRange([Reminder("b", "one", TestSilo.Noon), Reminder("c", "two", TestSilo.Noon),
                Reminder("c", "three", TestSilo.Noon)]);
        });
        await silo.CommitAsync(round => round.HeldReminders.AddRange(
            [Hold("b", "one", Unread, minutes: 1), Hold("c", "two", Unread, minutes: 8),
                Hold("c", "three", Unread, minutes: 7)]));

        Assert.Equal(
            [new HeldCount("item", "grain_method_unknown", 1, 0), new HeldCount("item", "state_unreadable", 4, 3)],
            await silo.Store.Held.CountAsync(Cancellation));
        var first = await silo.Store.Held.ReadGrainsAsync(null, 2, Cancellation);
        var rest = await silo.Store.Held.ReadGrainsAsync(first[^1].Grain, 10, Cancellation);
        Assert.Equal(
            [("a", 1, 0, 5), ("b", 2, 1, 1), ("c", 0, 2, 7), ("\uff5e", 1, 0, 0), ("😀", 1, 0, 0)],
            first.Concat(rest).Select(row => (
                row.Grain.Key, (int)row.CallsCount, (int)row.RemindersCount, (int)(
                    row.Since - TestSilo.Noon).TotalMinutes)));
        Assert.Equal("grain_method_unknown", first[1].Reason.Code);
        Assert.Equal(Unread, rest[0].Reason);
        Assert.Empty(await silo.Store.Held.ReadGrainsAsync(new RoundGrainId("item\0", "\ud800"), 10, Cancellation));
    }

    [Fact]
    public async Task A_failure_ends_with_the_round_that_made_its_call_again()
    {
        var silo = await JoinAsync();
        FailureRow Failure(int attempts) => new(
            Guid.CreateVersion7(), TestSilo.Noon, new PartitionId(1), new RoundGrainId("item", "key"), "Do", "[1]"u8
                .ToArray(), "error") { Attempts = attempts };
        var (first, second, other) = (Failure(1), Failure(2), Failure(1));
        await silo.CommitAsync(round => round.Failures.AddRange([first, other]));
        await silo.CommitAsync(round =>
        {
            round.FailuresDone.Add(first.Id);
            round.Failures.Add(second);
        });

        var found = await silo.Store.FindFailuresAsync([first.Id, second.Id, Guid.CreateVersion7()], Cancellation);
        Assert.Equal(second with { Arguments = default }, Assert.Single(found) with { Arguments = default });
        Assert.Equal([1, 2],
            (await silo.Store.Failures.ReadFailuresAsync(null, 10, Cancellation)).Select(row => row.Attempts).Order());
        Assert.IsType<CommitOutcome.Committed>(
            await silo.TryCommitAsync(round => round.FailuresDone.AddRange([second.Id, other.Id])));
    }

    [Theory]
    [InlineData("held")]
    [InlineData("failure")]
    public async Task A_round_that_ends_what_is_not_there_leaves_nothing(string what)
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round => round.Held.Add(Held(1, "a")));
        async Task<bool> IsRefusedAsync()
        {
            try
            {
                return await silo.TryCommitAsync(round =>
                {
                    round.Held.Add(Held(2, "a"));
                    if (what == "held")
                        round.HeldDone.AddRange([1, 7]);
                    else
                        round.FailuresDone.Add(Guid.CreateVersion7());
                }) is CommitOutcome.Rejected;
            }
            catch (InvalidOperationException)
            {
                // The store in memory takes it for a fault of the engine.
                return true;
            }
        }

        Assert.True(await IsRefusedAsync());
        Assert.Equal(1, Assert.Single(await silo.Store.Held.ReadCallsAsync(0, 10, Cancellation)).Call.Sequence);
    }

    private static async Task<IReadOnlyList<ReminderRow>> DueAsync(TestSilo silo) =>
        await silo.Store.ReadRemindersAsync(
            ReminderMark.At(DateTimeOffset.MinValue), DateTimeOffset.MaxValue, 10_000, Cancellation);
}
