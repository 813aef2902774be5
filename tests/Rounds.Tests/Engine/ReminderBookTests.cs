using Tributary.Rounds.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Tests.Engine;

public sealed class ReminderBookTests
{
    [Fact]
    public void What_was_forgotten_during_a_read_is_read_again()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var book = new ReminderBook(new RoundOptions { MaxRemindersCount = 2,
            ReminderWindow = TimeSpan.FromSeconds(1) });
        Assert.True(book.TryBeginRead(now, out _, out var until));
        book.EndRead([], until);
        now = now.AddMilliseconds(600);
        Assert.True(book.TryBeginRead(now, out _, out until));

        // More than fit, in the part that was read before; the read under way begins behind it and sees none of them.
        book.Commit(Enumerable.Range(0, 5).Select(i => Write($"bell {i}", now.AddMilliseconds(100))).ToList(), 1);
        Assert.Equal(0, book.Count);
        book.EndRead([], until);

        Assert.True(book.TryBeginRead(now, out var after, out _));
        Assert.Equal(DateTimeOffset.MinValue, after.Due);
    }

    [Fact]
    public void What_was_handed_on_during_a_read_is_not_handed_on_again()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var book = new ReminderBook(new RoundOptions { ReminderWindow = TimeSpan.FromSeconds(1) });
        Assert.True(book.TryBeginRead(now, out _, out var until));
        book.EndRead([], until);
        now = now.AddMilliseconds(600);
        Assert.True(book.TryBeginRead(now, out _, out until));
        book.Commit([Write("bell", now)], 1);
        Assert.NotNull(book.TakeDue(now, withActivities: true));
        book.EndRead([], until);

        Assert.Null(book.TakeDue(now, withActivities: true));
    }

    private static ReminderWrite Write(string name, DateTimeOffset due) =>
        new(new PartitionId(0), new RoundGrainId("probe", "a"), name, new ReminderRequest(name, due, 0, null, default));
}
