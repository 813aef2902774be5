using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Storage;

namespace Tributary.Rounds.Engine;

/// <summary>
/// What the loop does while nothing can be stored: the disk of the database is full, or the database has not answered
/// for long. Callers are refused, the silo's own inputs wait, and empty rounds probe the store until one is durable.
/// </summary>
internal sealed partial class RoundLoop
{
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(5);

    // The silo's own inputs whose rounds found no room: they run again when there is room.
    private readonly Queue<Input> setAside = new();

    // Why calls are refused; null while rounds are made durable.
    private volatile StoreException? refusal;

    // True while the outcome of a round is unknown: reads wait for it too, and are refused.
    private bool isAway;

    // See LookAtClock.
    private int milliseconds;

    private DateTimeOffset probeAt;

    // Back to zero only when a round with effects is durable: where an empty one finds room and others do not, the door
    // opens more and more rarely.
    private int failedProbesCount;

    // Set after a full disk, until a round with effects is durable or none has failed for a while: until then it is
    // open whether there is room for more than a probe.
    private volatile Trial? trial;

    /// <summary>
    /// Why nothing can be stored now, or could not until just now and may not again; null when all is well. From any
    /// thread.
    /// </summary>
    public StoreException? Refusal =>
        refusal ?? (trial is { } on && environment.Time.GetElapsedTime(on.Since) < TrialTime ? on.Reason : null);

    private DateTimeOffset NextHeartbeat => refusal is null ? lastCommitAt + options.Heartbeat : probeAt;

    // A check of the silo's row proves that the store answers, but not that there is room.
    private bool IsStillFull(RoundEnd end) =>
        refusal!.Fault == StoreFault.Full && end is RoundEnd.Read or RoundEnd.Full;

    // The round and the round on top of it never happened, as when the database refuses a round for its data. Here no
    // input is to blame, and no group is halved.
    private void SetAside(Round ending, StoreException error)
    {
        var isFirst = refusal is null;
        var isProbe = !ending.HasEffects;
        isAway = false;
        Refuse(error, StoreFault.Full,
            "The disk of the database is full: nothing of this was stored. Messages are taken again when there is "
            + "room.");
        Revert(ending);
        Revert(round);
        // What was convicted runs again, and is convicted anew if the database refuses it again.
        culprit = null;
        var waiting = ending.Inputs.Concat(round.Inputs).Concat(suspects.Clear()).ToList();
        Reopen(ending);
        foreach (var input in waiting)
        {
            // Reads go on in a round of their own. A read that asks for effects finds none there, and would fail in
            // each round.
            if (input is Call { IsReadOnly: true } && !isFirst && !isProbe)
                input.Refuse(NewRefusal());
            else if (!IsSetAside(input))
                ready.Enqueue(input);
        }
    }

    // Called by the committer, which has told the callers of the doubtful round. Inputs that are in no round are not
    // stored, for certain.
    private void OnStoreAway(Round doubtful, StoreException error) => Post(() =>
    {
        if (!ReferenceEquals(committing, doubtful))
            return;
        Refuse(error, error.Fault, error.Fault == StoreFault.Full
            ? "The disk of the database is full: nothing of this was stored. Messages are taken again when there is "
                + "room."
            : "The database does not answer: nothing of this was stored.");
        isAway = true;
        foreach (var input in activations.Waiting().Concat(externalIds.Waiting()))
            input.Refuse(NewRefusal());
        // The open round runs on top of the doubtful round, and becomes durable when that does: until then its outcome
        // is unknown too.
        if (isOffered && !committer.TryTakeBack(round))
            return;
        isOffered = false;
        Departures.Refuse(round, new StoreException(error.Fault,
            "The database does not answer, and whether this is stored is not known yet. Sent again with the same key, "
            + "it is stored once."));
    });

    private void Refuse(StoreException error, StoreFault fault, string told)
    {
        if (refusal is null && trial is null)
            LogRefusing(error.Message);
        refusal = new StoreException(fault, told, error);
        inbox.Refuse(refusal);
        probeAt = clock.Now + options.Retries.After(++failedProbesCount);
        loop.Wake();
    }

    private void EndRefusal()
    {
        trial = refusal?.Fault == StoreFault.Full ? new Trial(refusal, environment.Time.GetTimestamp()) : null;
        refusal = null;
        isAway = false;
        inbox.Refuse(null);
        while (setAside.TryDequeue(out var input))
        {
            if (rules.RunsAfterRefusal(input))
                ready.Enqueue(input);
        }

        loop.Wake();
    }

    // A round with effects found room: all is well again.
    private void EndTrial()
    {
        failedProbesCount = 0;
        trial = null;
        LogAgain();
    }

    // Reads the clock that decides whether calls are late: once for each step and for every few turns, not for each
    // call.
    private void LookAtClock() => milliseconds = RoundEnvironment.MillisecondsOf(environment.Time);

    /// <summary>
    /// True when the input does not run now: its caller was told, or the input waits until something can be stored
    /// again.
    /// </summary>
    private bool IsSetAside(Input input)
    {
        if (refusal is not { } refused)
        {
            (input as Call)?.EndIfLate(milliseconds);
            if (input.IsAnswered)
                loader.Forget(input);
            return input.IsAnswered;
        }

        if (input is not (Call or AgainCall))
        {
            setAside.Enqueue(input);
            return true;
        }

        if (input is Call { IsReadOnly: true, IsAnswered: false } && !isAway)
            return false;
        input.Refuse(NewRefusal());
        loader.Forget(input);
        return true;
    }

    // Also called while the open round is full and takes no calls.
    private void RefuseWaiting()
    {
        for (var workClass = 0; isAway && workClass < credits.Length; workClass++)
        {
            while ((WorkClass)workClass != WorkClass.Reminders && inbox.TryTake((WorkClass)workClass, out var input))
                _ = IsSetAside(input);
        }

        for (var left = refusal is null ? 0 : parked.Count; left > 0; left--)
        {
            var input = parked.Dequeue();
            if (IsSetAside(input))
                continue;
            // A silo that stops does not wait for room with reads of partitions that it cannot take.
            if (isStopping)
                input.Refuse(NewRefusal());
            else
                parked.Enqueue(input);
        }
    }

    // A new exception for each caller: one that many callers rethrow collects their stacks.
    private StoreException NewRefusal() => new(refusal!.Fault, refusal.Message);

    private sealed record Trial(StoreException Reason, long Since);
}
