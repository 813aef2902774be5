using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Reminders;
using Tributary.Storage.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Turns;

/// <summary>
/// Calls and reminders that this build cannot run are held: they stay stored with the reason, for a build that can run
/// them.
/// </summary>
internal sealed partial class TurnRunner
{
    /// <summary>
    /// Holds an input that cannot begin because this build does not know its grain type, method or activity.
    /// </summary>
    public void Hold(Input input, UnreadableException obstacle, Round round, DateTimeOffset now)
    {
        context.Now = now;
        round.Inputs.Add(input);
        round.CallsCount++;
        round.Held.Add(input.PartitionIn(partitioner));
        End(input, obstacle, round);
    }

    // Ends an input whose turn did not run because this build cannot run it. A caller that waits is told, and may ask
    // again; an input without a caller is held.
    private void End(Input input, UnreadableException obstacle, Round round)
    {
        if (!rules.Holds(obstacle))
        {
            Fail(input, obstacle, keepsArguments: true, round);
            Settle(input, round);
            return;
        }

        if (input is not Call)
            round.Writes.Add(input.PartitionIn(partitioner));
        switch (input)
        {
            case DeferredInput { Held: { } before } held:
                heldLog.NoteAgain(input.Target.Type, obstacle.Reason, held.IsCounted);
                if (before != obstacle.Reason)
                    round.Kept.Held.Add(new HeldCall(held.Call, obstacle.Reason, context.Now));
                return;
            case DeferredInput deferred:
                round.DeferredDone.Add(deferred.Call.Sequence);
                round.Kept.Held.Add(new HeldCall(deferred.Call, obstacle.Reason, context.Now));
                break;
            case ReleaseInput release:
                heldLog.NoteAgain(input.Target.Type, obstacle.Reason, release.IsCounted);
                if (release.Reminder.Reason != obstacle.Reason)
                    round.Kept.Released.Add(release.Settle(obstacle.Reason, context.Now));
                return;
            case ReminderInput { Entry: var entry }:
                if (reminders.IsStale(entry))
                    return;
                var row = entry.Row;
                round.Kept.HeldAt = context.Now;
                round.Reminders[(row.Grain, row.Name)] = new ReminderWrite(
                    row.Partition, row.Grain, row.Name, null) { Held = obstacle.Reason };
                reminders.Overlay(row.Grain, row.Name, round.Number);
                break;
            case AgainInput again:
                // The call leaves the failures and is held like any other call.
                again.Hold(obstacle.Reason);
                round.Kept.FailuresDone.Add(again.Row.Id);
                Hold(again.Target, again.Row.Method, again.Row.Arguments, obstacle, round);
                return;
            default:
                input.Fail(obstacle);
                return;
        }

        heldLog.Note(input.Target.Type, obstacle.Reason);
    }

    // A one-way call to a grain whose state cannot be read. Calls that are merged are held as one.
    private void HoldOneWay(OneWayCall call, UnreadableException obstacle, Round round)
    {
        if (!rules.Holds(obstacle))
            FailOneWay(call, obstacle, round);
        else if (TryWriteArguments(call, out var arguments) is { } error)
            round.Failures.Add(NewFailure(call.Target, call.Method.Name, default, error));
        else
            Hold(call.Target, call.Method.Name, arguments, obstacle, round);
    }

    private void Hold(
        RoundGrainId target, string method, ReadOnlyMemory<byte> arguments, UnreadableException obstacle, Round round)
    {
        var call = new DeferredCall(0, partitioner.Of(target), target, method, arguments);
        round.Writes.Add(call.Partition);
        round.Kept.Held.Add(new HeldCall(call, obstacle.Reason, context.Now));
        heldLog.Note(target.Type, obstacle.Reason);
    }
}
