using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Storage;

namespace Tributary.Rounds.Engine;

/// <summary>How rounds are committed, and what follows from each way in which a commit can end.</summary>
internal sealed partial class RoundLoop
{
    private readonly Suspects suspects = new();

    // The round that is being made durable; one at a time, so that rounds become durable in order.
    private Round? committing;

    // True when the open round was given to the committer, to follow the one that is being committed.
    private bool isOffered;

    // Messages that this incarnation has made durable.
    private long acceptedCount;

    // The input that was refused alone, and how often its failure was refused too.
    private Input? culprit;
    private int convictionsCount;

    private void BeginCommit()
    {
        if (committing is not null || (!suspects.IsEmpty && round.Inputs.Count == 0))
            return;
        if (isOffered && !committer.TryTakeBack(round))
        {
            // It followed the round before it already.
            Advance(isHeartbeat: false);
            return;
        }

        isOffered = false;
        // A silo that stops and has nothing left leaves: where commits take longer than heartbeats are apart, one would
        // follow another.
        var isHeartbeat = clock.Now >= NextHeartbeat && !(isStopping && IsIdle);
        if (round.Inputs.Count == 0 && !isHeartbeat && (refusal is not null || !partitions.HasChangesFor(round.Held)))
            return;

        Seal();
        var first = Advance(isHeartbeat);
        StartBeside(() => committer.RunAsync(first, isHeartbeat, (ended, end) => Post(() => EndCommit(ended, end))));
    }

    // The open round becomes the one that is committed, and another one is opened.
    private Round Advance(bool isHeartbeat)
    {
        committing = round;
        isOffered = false;
        // A round that wrote nothing takes no number: it only checks the number before it.
        var takesNumber = committing.HasEffects || isHeartbeat;
        round = new Round(silo, takesNumber ? committing.Number + 1 : committing.Number);
        if (takesNumber)
            lastCommitAt = clock.Now;
        // The new round takes what the full one left.
        loop.Wake();
        return committing;
    }

    // A full round waits for the commit before it: what is left to do with it is done meanwhile.
    private void OfferFullRound()
    {
        if (!IsRoundFull || isOffered || committing is null || !suspects.IsEmpty)
            return;
        Seal();
        var full = round;
        isOffered = true;
        StartBeside(() =>
        {
            committer.Prepare(full);
            return Task.CompletedTask;
        });
        committer.Offer(full);
    }

    private void Seal()
    {
        if (round.IsSealed)
            return;
        runner.Seal(round, clock.Now);
        partitions.Put(round.Held, round.Takes, round.Gives);
        round.AcceptedBefore = acceptedCount + (committing?.Messages.Count ?? 0);
    }

    private void EndCommit(Round ending, RoundEnd end)
    {
        // It was offered and has ended before the loop saw that it was taken.
        if (ReferenceEquals(ending, round))
            Advance(isHeartbeat: false);
        committing = null;
        if (refusal is not null && !IsStillFull(end))
            EndRefusal();
        switch (end)
        {
            case RoundEnd.Durable durable:
                clock.Observe(durable.DatabaseTime);
                Keep(ending, durable);
                break;
            case RoundEnd.Full full:
                SetAside(ending, full.Error);
                break;
            case RoundEnd.Rejected rejected:
                Refuse(ending, rejected.Error);
                break;
            case RoundEnd.Dead:
                Die(ending);
                break;
        }
    }

    private void Keep(Round durable, RoundEnd.Durable end)
    {
        if (durable.HasEffects && failedProbesCount > 0)
            EndTrial();
        acceptedCount += durable.Messages.Count;
        foreach (var (grain, state, _) in durable.States)
        {
            grain.Commit(durable.Number, state);
            if (grain.IsOnlyForNow)
                activations.Release(grain);
        }

        foreach (var external in durable.ExternalIds)
            externalIds.Commit((external.Partition, external.Key));
        reminders.Commit(durable.Reminders.Values, durable.Number);
        foreach (var sequence in durable.DeferredDone)
            deferred.End(sequence);
        KeepChanges(durable, end);
        KeepDeferred(durable, end.Transaction);
        KeepHeld(durable.Kept);
    }

    // Nothing of the round is stored. It and what ran on top of it never happened; its inputs run again, without others
    // on top, until the one that the database refuses is alone.
    private void Refuse(Round refused, Exception error)
    {
        if (rules.Reverts(refused))
        {
            Revert(refused);
            Revert(round);
        }

        // In front of what waits: it came first.
        var waiting = ready.ToArray();
        ready.Clear();
        foreach (var input in round.Inputs.Concat(waiting))
            ready.Enqueue(input);
        Reopen(refused);
        if (refused.Inputs.Count == 0)
            throw new InvalidOperationException(
                $"The database refused round {refused.Number}, which no input began.", error);
        if (suspects.Refuse(refused.Inputs) is { } alone)
            Convict(alone, error);
    }

    // The round on top is given up with the one that it ran on, and another one is opened.
    private void Reopen(Round refused)
    {
        committer.TryTakeBack(round);
        isOffered = false;
        partitions.Return(refused.Takes, refused.Gives);
        partitions.Return(round.Takes, round.Gives);
        round = new Round(silo, refused.Number);
    }

    // Whoever waits for the input is told; the owner of an activity is called with the error; what is left becomes a
    // failure. When the failure is refused too, its arguments are what the database cannot store, and it is kept
    // without them.
    private void Convict(Input alone, Exception error)
    {
        var rejection = new TributaryException(
            "refused_by_store", $"The database refused what this call asked to store: {error.Message}", error);
        LogConvicted(alone.Target, error.Message);
        if (rules.InsteadOf(alone, rejection) is { } instead)
        {
            // The owner of an activity decides what follows; it is alone again, so that nobody shares its round if it
            // is refused as well.
            suspects.Add(instead);
            return;
        }

        convictionsCount = ReferenceEquals(alone, culprit) ? convictionsCount + 1 : 1;
        culprit = alone;
        if (convictionsCount > 2)
            throw new InvalidOperationException(
                $"The database refuses even the failure of an input for {alone.Target}.", error);

        runner.Reject(alone, rejection, keepsArguments: convictionsCount == 1, round, clock.Now);
        // Nothing else goes into this round: if it is refused as well, then for the failure.
        Seal();
    }

    private void RunSuspects()
    {
        if (committing is not null || round.Inputs.Count > 0)
            return;
        var now = clock.Now;
        foreach (var input in suspects.Next())
        {
            Run(input, now);
        }

        if (round.Inputs.Count == 0)
            loop.Wake();
    }

    private void Revert(Round dropped)
    {
        foreach (var grain in dropped.Dirty)
            grain.Revert();
        foreach (var grain in dropped.Merged)
            grain.Revert();
        foreach (var external in dropped.ExternalIds)
            externalIds.Revert((external.Partition, external.Key));
        reminders.Revert(dropped.Reminders.Values);
    }

    // Another silo owns what this one had. Calls from outside that are not durable go back to the inbox, for the next
    // incarnation or the next owner; everything else is in the database, and its new owner finds it there.
    private void Die(Round ending)
    {
        End();
        var waiting = ending.Inputs.Concat(suspects.Clear()).Concat(round.Inputs).Concat(setAside)
            .Concat(woken).Concat(ready).Concat(parked)
            .Concat(activations.Waiting()).Concat(externalIds.Waiting());
        var seen = new HashSet<Input>();
        foreach (var input in waiting)
        {
            // Its pins belong to the activations of this incarnation, which end with it.
            input.Pinned = null;
            if (input is Call or AgainCall && !input.IsAnswered && seen.Add(input))
                inbox.Return(input, WorkClass.Calls);
        }

        foreach (var call in failed.Clear())
            inbox.Return(call, WorkClass.Calls);
        loop.Stop();
        ended.TrySetResult(LoopEnd.Dead);
    }

    private void BeginLeave()
    {
        End();
        // Nothing of theirs is stored while nothing can be, and the turn that was to answer them waits for room.
        foreach (var request in failed.Clear())
            request.Refuse(NewRefusal());
        environment.Scheduler.Start(async () =>
        {
            try
            {
                await store.LeaveAsync(silo, CancellationToken.None);
            }
            catch (StoreException error)
            {
                // The row stays; whoever looks finds it standing still, and the lock of this silo free.
                LogLeaveFailed(error.Message);
            }

            loop.Stop();
            ended.TrySetResult(LoopEnd.Left);
        });
    }
}
