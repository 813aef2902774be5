using Tributary.Rounds.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>How due reminders get their turns and activities start, and how the loop wakes in time for them.</summary>
internal sealed partial class RoundLoop
{
    private DateTimeOffset armedFor = DateTimeOffset.MaxValue;
    private volatile bool hasTimerFired;

    private void FireReminders()
    {
        // Reminders that are due while nothing can be stored stay due.
        if (isStopping || refusal is not null)
            return;
        var now = rules.FiresUntil(clock.Now);
        while (reminders.TakeDue(now, activities.HasRoom) is { } entry)
        {
            instruments.Fired(now - entry.Row.Due);
            if (ObstacleOf(entry.Row) is { } obstacle)
                own.Enqueue(new ReminderInput(entry, null) { Obstacle = obstacle });
            else if (entry.Row.Activity is null)
                own.Enqueue(new ReminderInput(entry, null));
            else
                activities.Start(entry);
        }

        activities.Report();
    }

    private void OnActivityDone(ReminderInput result) => Post(() =>
    {
        activities.Finish(result);
        own.Enqueue(result);
    });

    private async Task WakeAfterAsync(Task canStart)
    {
        await canStart;
        loop.Wake();
    }

    // The notes are written beside the rounds: they belong to rows that no open round writes, or the store ignores
    // them.
    private void NoteStarts(IReadOnlyList<StartNote> notes, Action durable) => StartBeside(async () =>
    {
        // A silo that was declared dead learns so by its next commit; it starts no further activity.
        if (await RetryAsync("note starts", () => store.NoteStartsAsync(silo, notes, CancellationToken.None)))
            Post(durable);
    });

    private void BeginReminderRead()
    {
        if (isStopping || partitions.HereCount == 0 || !reminders.TryBeginRead(clock.Now, out var after, out var until))
            return;
        // Without the partitions that are being opened: their reminders would come before their turns run. They are
        // read when the partitions are here.
        var of = partitions.Here();
        StartBeside(async () =>
        {
            var rows = await RetryAsync(
                "read reminders",
                () => store.ReadRemindersAsync(of, after, until, options.MaxRemindersCount, CancellationToken.None));
            Post(() => reminders.EndRead(rows, until));
        });
    }

    // Armed only for work that a step could do. While a round commits, the end of the commit wakes the loop, and a silo
    // that stops fires nothing: a timer for such work would fire at once, again and again.
    private void ArmTimer()
    {
        var next = committing is null ? NextHeartbeat : DateTimeOffset.MaxValue;
        if (!isStopping && refusal is null && reminders.NextDue(activities.HasRoom) is { } due && due < next)
            next = due;
        if (!isStopping && partitions.HereCount > 0 && reminders.NextRead is { } read && read < next)
            next = read;
        if (!isStopping && refusal is null && deferred.NextRead is { } poll && poll < next)
            next = poll;
        if (next == DateTimeOffset.MaxValue || (next == armedFor && !hasTimerFired))
            return;
        // The timer counts whole milliseconds of another clock: when it fires too early, nothing is due and it is set
        // again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((next - clock.Now).TotalMilliseconds));
        if (wait <= TimeSpan.Zero)
        {
            // A reminder that is due now may find no room in the next step, and must be looked at again when there is
            // room: no timer is armed for it.
            armedFor = DateTimeOffset.MaxValue;
            loop.Wake();
            return;
        }

        armedFor = next;
        hasTimerFired = false;
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        hasTimerFired = true;
        loop.Wake();
    }
}
