using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

/// <summary>Notes of starts: of activities on their rows, and of deliveries.</summary>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task Only_a_silo_that_left_leaves_no_trace_of_an_end_without_order()
    {
        var first = NewStore();
        await first.OpenAsync(Cancellation);
        var begun = await first.JoinAsync("", Cancellation);
        await first.LeaveAsync(begun.Silo, Cancellation);
        await first.DisposeAsync();

        var second = NewStore();
        await second.OpenAsync(Cancellation);
        var afterLeave = await second.JoinAsync("", Cancellation);
        await Harness.CrashAsync(second);
        var third = NewStore();
        await third.OpenAsync(Cancellation);
        var afterCrash = await third.JoinAsync("", Cancellation);

        Assert.Equal((false, false, true), (begun.IsAfterCrash, afterLeave.IsAfterCrash, afterCrash.IsAfterCrash));
    }

    [Fact]
    public async Task A_process_that_joins_again_is_not_its_own_crash_and_remembers_the_one_before()
    {
        var first = NewStore();
        await first.OpenAsync(Cancellation);
        var begun = await first.JoinAsync("http://127.0.0.1:9", Cancellation);
        // As after an answer that was lost: the silo is there and has not left.
        var again = await first.JoinAsync("http://127.0.0.1:9", Cancellation);
        await Harness.CrashAsync(first);
        var second = NewStore();
        await second.OpenAsync(Cancellation);
        await second.JoinAsync("http://127.0.0.1:9", Cancellation);

        Assert.Equal((false, false), (begun.IsAfterCrash, again.IsAfterCrash));
        Assert.True((await second.JoinAsync("http://127.0.0.1:9", Cancellation)).IsAfterCrash);
    }

    [Fact]
    public async Task A_noted_start_stands_on_the_row_of_its_activity_after_a_crash()
    {
        var first = await JoinAsync();
        await first.CommitAsync(round =>
            round.Reminders.AddRange([
                Reminder("a", "job", TestSilo.Noon, activity: "work"),
                Reminder("b", "job", TestSilo.Noon, activity: "work"),
            ]));
        var rows = await ReadAsync(first);
        Assert.All(rows, row => Assert.Equal((0, false), (row.StartsCount, row.IsAlone)));

        Assert.True(
            await first.Store.NoteStartsAsync(
                first.Id, [.. rows.Select(row => new StartNote(row, 2, false))], Cancellation));
        rows = await ReadAsync(first);
        Assert.True(await first.Store.NoteStartsAsync(first.Id, [new StartNote(rows[1], 3, true)], Cancellation));
        await Harness.CrashAsync(first.Store);
        var second = await JoinAsync();

        Assert.Equal([(2, false), (3, true)], (await ReadAsync(second)).Select(row => (row.StartsCount, row.IsAlone)));
        Assert.Equal([3, 3], (await ReadAsync(second)).Select(row => row.Attempt));
    }

    [Fact]
    public async Task A_note_can_be_sent_again_and_touches_no_row_that_was_replaced()
    {
        var silo = await JoinAsync();
        await silo.CommitAsync(round =>
            round.Reminders.AddRange([
                Reminder("a", "moved", TestSilo.Noon, activity: "work"),
                Reminder("b", "same", TestSilo.Noon, activity: "work"),
                Reminder("c", "kept", TestSilo.Noon, activity: "work"),
                Reminder("d", "gone", TestSilo.Noon, activity: "work"),
            ]));
        var rows = await ReadAsync(silo);
        var first = rows.Select(row => new StartNote(row, 2, false)).ToList();
        Assert.True(await silo.Store.NoteStartsAsync(silo.Id, first, Cancellation));
        await silo.CommitAsync(round => round.Reminders.AddRange(
        [
            Reminder("a", "moved", TestSilo.Noon.AddSeconds(1), activity: "work"),
            Reminder("b", "same", TestSilo.Noon, activity: "work"),
            Reminder("d", "gone", TestSilo.Noon) with { Set = null },
        ]));

        // Alone, of the rows as they were: the one that was written anew in the same form has no start, so it is
        // another one.
        var alone = rows.Select(row => new StartNote(row with { StartsCount = 2 }, 3, true)).ToList();
        for (var i = 0; i < 2; i++)
            Assert.True(await silo.Store.NoteStartsAsync(silo.Id, alone, Cancellation));
        // Sent again after it was overtaken.
        Assert.True(await silo.Store.NoteStartsAsync(silo.Id, [first[2]], Cancellation));

        Assert.Equal(
            [("moved", 0, false), ("same", 0, false), ("kept", 3, true)],
            (await ReadAsync(silo))
                .OrderBy(row => row.Grain.Key, StringComparer.Ordinal)
                .Select(row => (row.Name, row.StartsCount, row.IsAlone)));
    }

    [Fact]
    public async Task Starts_of_a_silo_that_leaves_are_taken_back_and_earlier_ones_stay()
    {
        var first = await JoinAsync();
        await first.CommitAsync(round =>
            round.Reminders.AddRange([
                Reminder("a", "job", TestSilo.Noon, activity: "work"),
                Reminder("b", "job", TestSilo.Noon, activity: "work"),
            ]));
        var rows = await ReadAsync(first);
        await first.Store.NoteStartsAsync(
            first.Id, [.. rows.Select(row => new StartNote(row, 2, false))], Cancellation);
        await Harness.CrashAsync(first.Store);
        var second = await JoinAsync();
        rows = await ReadAsync(second);
        await second.Store.NoteStartsAsync(second.Id, [new StartNote(rows[0], 3, true)], Cancellation);

        await second.Store.LeaveAsync(second.Id, Cancellation);
        await second.Store.DisposeAsync();

        Assert.Equal(
            [(2, false), (2, false)],
            (await ReadAsync(await JoinAsync())).Select(row => (row.StartsCount, row.IsAlone)));
    }

    [Fact]
    public async Task A_silo_that_is_dead_notes_nothing()
    {
        var first = await JoinAsync("http://127.0.0.1:9");
        await first.CommitAsync(round => round.Reminders.Add(Reminder("a", "job", TestSilo.Noon, activity: "work")));
        var rows = await ReadAsync(first);
        var again = await first.Store.JoinAsync("http://127.0.0.1:9", Cancellation);

        Assert.False(await first.Store.NoteStartsAsync(first.Id, [new StartNote(rows[0], 2, false)], Cancellation));
        Assert.False(
            await first.Store.NoteStartsAsync(new SiloId(4711), [new StartNote(rows[0], 2, false)], Cancellation));

        Assert.Equal(0, Assert.Single(await ReadAsync(first)).StartsCount);
        Assert.True(await first.Store.NoteStartsAsync(again.Silo, [new StartNote(rows[0], 2, false)], Cancellation));
    }

    [Fact]
    public async Task Notes_of_deliveries_are_replaced_removed_and_cleared_and_outlive_a_crash()
    {
        var first = await JoinAsync();
        var starts = first.Store.DeliveryStarts;
        await starts.WriteAsync(
            [new("q", 1, 2, false), new("q", UInt128.MaxValue, 2, false), new("r", 1, 2, false)], Cancellation);
        await starts.WriteAsync([new("q", 1, 3, true), new("r", 1, 0, false), new("never", 7, 0, false)], Cancellation);
        await Harness.CrashAsync(first.Store);

        starts = (await JoinAsync()).Store.DeliveryStarts;
        var read = await starts.ReadAsync(Cancellation);
        await starts.ClearAsync(Cancellation);

        Assert.Equal(
            [new("q", 1, 3, true), new("q", UInt128.MaxValue, 2, false)],
            read.OrderBy(start => start.Fingerprint).ToList());
        Assert.Empty(await starts.ReadAsync(Cancellation));
    }

    private static async Task<IReadOnlyList<ReminderRow>> ReadAsync(TestSilo silo) =>
        await silo.Store.ReadRemindersAsync(
            ReminderMark.At(DateTimeOffset.MinValue), DateTimeOffset.MaxValue, 100, Cancellation);
}
