using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Reminders;
using Tributary.Storage.Held;
using Tributary.Storage.Reminders;

namespace Tributary.Rounds.Engine;

/// <summary>How work that earlier builds held gets its turn, and how failed calls are made again.</summary>
internal sealed partial class RoundLoop
{
    // True when durable rounds have made held reminders due that lie before the mark up to which memory has read.
    private bool hasReleased;

    // The obstacle that keeps this build from beginning with the input at all. Other obstacles show in the turn.
    private UnreadableException? ObstacleOf(Input input) => input switch
    {
        Call => null,
        ReminderInput reminder => reminder.Obstacle,
        ReleaseInput { Obstacle: { } obstacle } => obstacle,
        DeferredInput { Obstacle: { } obstacle } => obstacle,
        DeferredInput { IsBundle: true } => null,
        _ => types.TryGet(input.Target.Type, out _) ? null : UnreadableException.OfType(input.Target.Type),
    };

    private UnreadableException? ObstacleOf(ReminderRow row) =>
        !types.TryGet(row.Grain.Type, out _) ? UnreadableException.OfType(row.Grain.Type)
        : row.Activity is { } activity && !activities.Knows(activity) ? UnreadableException.OfActivity(activity)
        : null;

    // The input's turn has run, or its end was decided: it no longer counts among the inputs that wait.
    private void Took(Input input)
    {
        switch (input)
        {
            case Call:
                break;
            case ReminderInput result:
                activities.Take(result);
                break;
            case DeferredInput { IsCounted: true } call:
                call.IsCounted = false;
                TookHeld();
                break;
            case ReleaseInput { IsCounted: true } release:
                release.IsCounted = false;
                TookHeld();
                break;
        }
    }

    private void TookHeld()
    {
        held.Take();
        if (held.IsDone)
            heldLog.Report();
        loop.Wake();
    }

    private void BeginHeldRead()
    {
        if (isStopping || !suspects.IsEmpty || !held.TryBeginRead(out var page))
            return;
        StartBeside(async () =>
        {
            if (page.IsOfCalls)
            {
                var last = page.Last ?? await RetryAsync(
                    "read held calls", () => store.Held.ReadLastCallAsync(CancellationToken.None));
                var calls = last == 0 ? [] : await RetryAsync(
                    "read held calls", () =>
                        store.Held.ReadCallsAsync(page.AfterCall, options.MaxHeldReadCount, CancellationToken.None));
                Post(() => Look(calls, last));
            }
            else
            {
                var rows = await RetryAsync(
                    "read held reminders", () => store.Held
                        .ReadRemindersAsync(page.AfterReminder, options.MaxHeldReadCount, CancellationToken.None));
                Post(() => Look(rows));
            }
        });
    }

    private void Look(IReadOnlyList<HeldCall> calls, long last)
    {
        foreach (var row in held.EndRead(calls, last))
        {
            ready.Enqueue(DeferredInput.Of(
                row.Call, partitions.TenureOf(row.Call.Partition), types, row.Reason));
        }
    }

    private void Look(IReadOnlyList<HeldReminder> rows)
    {
        foreach (var row in held.EndRead(rows))
        {
            ready.Enqueue(new ReleaseInput(row, ObstacleOf(row.Row))
            {
                TenureOfRead = partitions.TenureOf(row.Row.Partition),
            });
        }

        if (held.IsDone)
            heldLog.Report();
        EndHeldPass();
    }

    private void BeginFailureRead()
    {
        if (failed.TryBeginRead() is not { } ids)
            return;
        StartBeside(async () =>
        {
            var rows = await RetryAsync("read failures", () => store.FindFailuresAsync(ids, CancellationToken.None));
            Post(() => failed.EndRead(rows, types, ready));
        });
    }

    private void KeepHeld(KeptEffects durable)
    {
        foreach (var id in durable.FailuresDone)
            failed.Commit(id);
        hasReleased |= durable.Released.Count > 0;
        EndHeldPass();
    }

    private void EndHeldPass()
    {
        if (!hasReleased || !held.IsOver)
            return;
        // Once for all of them: the reminders are read in the order in which they are due, from the beginning.
        hasReleased = false;
        reminders.ReadAnew();
    }
}
