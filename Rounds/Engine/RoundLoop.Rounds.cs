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

    // True when the open round was offered to the committer, to follow the round that is being committed.
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
            // The committer has taken the open round already.
            Advance(isHeartbeat: false);
            return;
        }

        isOffered = false;
        // A silo that stops and has no work left leaves: where commits take longer than a heartbeat, one heartbeat
        // would follow another.
        var isHeartbeat = clock.Now >= NextHeartbeat && !(isStopping && IsIdle);
        if (round.Inputs.Count == 0 && !isHeartbeat && (refusal is not null || !partitions.HasChangesFor(round.Held)))
            return;

        Seal();
        var first = Advance(isHeartbeat);
        StartBeside(() => committer.RunAsync(first, isHeartbeat, (ended, end) => Post(() => EndCommit(ended, end))));
    }

    // The open round becomes the round that is committed, and another one is opened.
    private Round Advance(bool isHeartbeat)
    {
        committing = round;
        isOffered = false;
        // A round that writes nothing takes no number: it only checks the number before it.
        var takesNumber = committing.HasEffects || isHeartbeat;
        round = NewRound(takesNumber ? committing.Number + 1 : committing.Number);
        if (takesNumber)
            lastCommitAt = clock.Now;
        // The new round takes the inputs that the full one left.
        loop.Wake();
        return committing;
    }

    // A full round waits for the commit before it. Meanwhile it is sealed, written as JSON and offered to the
    // committer.
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
        // The open round was offered, and has ended before the loop saw that the committer took it.
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
            case RoundEnd.Outdated outdated:
                RunAnew(ending, outdated.Definitions);
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

    // Nothing of the round is stored. It and the round on top of it never happened. Its inputs run again, without
    // others on top, until the input that the database refuses is alone.
    private void Refuse(Round refused, Exception error)
    {
        if (rules.Reverts(refused))
        {
            Revert(refused);
            Revert(round);
        }

        // In front of the waiting inputs: these inputs came first.
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

    // Nothing of the round is stored. Its inputs run again, with those on top of them, and each turn sees the version
    // that counts: a message that was counted by an earlier version is refused by its turn.
    private void RunAnew(Round outdated, long version)
    {
        definitions.Raise(version);
        LogOutdated(outdated.Number, version);
        foreach (var dropped in (Round[])[outdated, round])
            Revert(dropped);
        culprit = null;
        // In front of the waiting inputs: these inputs came first.
        Input[] waiting = [.. outdated.Inputs, .. round.Inputs, .. suspects.Clear(), .. ready];
        ready.Clear();
        foreach (var input in waiting)
            ready.Enqueue(input);
        Reopen(outdated);
        callbacks.Outdated(version);
        loop.Wake();
    }

    private Round NewRound(long number)
    {
        var version = definitions.Value;
        return new Round(silo, number) { Definitions = version, Fenced = rules.FencedBy(version) };
    }

    // The round on top is given up with the round below it, and another round is opened.
    private void Reopen(Round refused)
    {
        committer.TryTakeBack(round);
        isOffered = false;
        partitions.Return(refused.Takes, refused.Gives);
        partitions.Return(round.Takes, round.Gives);
        round = NewRound(refused.Number);
    }

    // The caller of the input is told; the owner of an activity is called with the error; any other input becomes a
    // failure. When the failure is refused too, its arguments are what the database cannot store, and the failure is
    // kept without them.
    private void Convict(Input alone, Exception error)
    {
        var rejection = new TributaryException(
            "refused_by_store", $"The database refused what this call asked to store: {error.Message}", error);
        LogConvicted(alone.Target, error.Message);
        if (rules.InsteadOf(alone, rejection) is { } instead)
        {
            // The owner of an activity decides what follows. Its call runs alone again, so that no other input shares
            // the round if it is refused as well.
            suspects.Add(instead);
            return;
        }

        convictionsCount = ReferenceEquals(alone, culprit) ? convictionsCount + 1 : 1;
        culprit = alone;
        if (alone is DeferredInput { IsBundle: true } row && convictionsCount == 1)
        {
            runner.Split(row, round, clock.Now);
            Seal();
            return;
        }

        // A row whose single calls cannot be stored either, or a failure.
        if (convictionsCount > 2 || alone is DeferredInput { IsBundle: true })
            throw new InvalidOperationException(
                $"The database refuses even the failure of an input for {alone.Target}.", error);

        runner.Reject(alone, rejection, keepsArguments: convictionsCount == 1, round, clock.Now);
        // No other input goes into this round: if it is refused as well, the failure is the reason.
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

    // Other silos may own the partitions of this one. Calls from outside that are not durable go back to the inbox, for
    // the next incarnation or the next owner. All other inputs are stored, and their new owner reads them.
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
        // While nothing can be stored, the turns that would answer these requests wait for room.
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
                // The row stays. Another silo that looks finds the row standing still and the lock of this silo free.
                LogLeaveFailed(error.Message);
            }

            loop.Stop();
            ended.TrySetResult(LoopEnd.Left);
        });
    }
}
