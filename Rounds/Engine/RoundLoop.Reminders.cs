using Tributary.Rounds.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Engine;

/// <summary>How what is due gets its turn or its activity, and how the loop wakes in time for it.</summary>
internal sealed partial class RoundLoop
{
    private DateTimeOffset armedFor = DateTimeOffset.MaxValue;
    private volatile bool hasTimerFired;

    private void FireReminders()
    {
        // What is due while nothing can be stored stays due.
        if (isStopping || refusal is not null)
            return;
        var now = environment.Sabotage == Sabotage.RunAhead ? clock.Now.AddSeconds(1) : clock.Now;
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

    // Beside the rounds: what is noted belongs to rows that no open round writes, or the store leaves it.
    private void NoteStarts(IReadOnlyList<StartNote> notes, Action durable) => StartBeside(async () =>
    {
        // A silo that is not alive any more hears of it by its next commit; nothing more is started by it.
        if (await RetryAsync("note starts", () => store.NoteStartsAsync(silo, notes, CancellationToken.None)))
            Post(durable);
    });

    private void BeginReminderRead()
    {
        if (isStopping || partitions.HereCount == 0 || !reminders.TryBeginRead(clock.Now, out var after, out var until))
            return;
        // Not those that are being opened: what is due would come before they are. They are read when they are here.
        var of = partitions.Here();
        StartBeside(async () =>
        {
            var rows = await RetryAsync(
                "read reminders",
                () => store.ReadRemindersAsync(of, after, until, options.MaxRemindersCount, CancellationToken.None));
            Post(() => reminders.EndRead(rows, until));
        });
    }

    // Only for what a step could do something about: while a round commits its end wakes the loop, and a silo that
    // stops fires nothing. A timer for anything else would fire at once, again and again.
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
        // The timer counts whole milliseconds by another clock: one that fires too early finds nothing due and is set
        // again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((next - clock.Now).TotalMilliseconds));
        if (wait <= TimeSpan.Zero)
        {
            // What is due by now may find no room in the next step, and must be seen again when there is some: nothing
            // is armed for it.
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
