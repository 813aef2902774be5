using Tributary.Rounds;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Reminders;
using Tributary.Rounds.Turns;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Simulation.Tests;

/// <summary>The rules of an engine that breaks one promise.</summary>
internal sealed class BrokenRules(Sabotage sabotage, TimeProvider time) : EngineRules
{
    private long refusedNumber;

    public static EngineRules Of(Sabotage sabotage, TimeProvider time) =>
        sabotage == Sabotage.None ? Standard : new BrokenRules(sabotage, time);

    public override bool RunsTurn(Input input, ReminderBook reminders) => sabotage switch
    {
        Sabotage.CountStale => true,
        Sabotage.DropHeld when input is DeferredInput { Held: not null } => false,
        _ => base.RunsTurn(input, reminders),
    };

    public override bool EndsWithRound(Input input) => sabotage switch
    {
        Sabotage.KeepFinished => input is not ReminderInput { Entry.Row.Activity: not null },
        Sabotage.KeepFailed => input is not AgainInput,
        _ => true,
    };

    public override bool Defers(OneWayCall call) => sabotage != Sabotage.DropDeferred;

    public override bool TakesHint(bool hasPolled, bool wasSeen) => sabotage switch
    {
        Sabotage.HintBeforePoll => !wasSeen,
        Sabotage.HintAgain => hasPolled,
        _ => base.TakesHint(hasPolled, wasSeen),
    };

    public override bool Holds(UnreadableException obstacle) => sabotage != Sabotage.FailUnreadable;

    // The round that follows a refused one has its number.
    public override bool WritesParts(Round round) =>
        sabotage != Sabotage.ForgetParts || round.Number != refusedNumber;

    public override void BeforeCommit(Round round)
    {
        if (sabotage != Sabotage.AnswerEarly)
            return;
        for (var i = 0; i < round.Messages.Count; i++)
            round.Messages[i].Commit(Position.Of(0, i));
        var answers = new Answers(round.Inputs.Count);
        foreach (var input in round.Inputs)
            input.Release(answers);
        answers.Leave();
        round.Inputs.Clear();
    }

    public override long FencedBy(long definitions) =>
        sabotage == Sabotage.CountByOldDefinitions ? long.MaxValue : definitions;

    public override CommitOutcome OutcomeOf(Round round, CommitOutcome answer) => (sabotage, answer) switch
    {
        (Sabotage.TakeDoubtForNo, CommitOutcome.Unknown unknown) => new CommitOutcome.Rejected(unknown.Error),
        (Sabotage.TakeFullForDone, CommitOutcome.Full) =>
            new CommitOutcome.Committed(round.Number, time.GetUtcNow()),
        (Sabotage.TakeForGranted, CommitOutcome.Committed committed) => committed with
        {
            Taken = [.. round.Takes.Select(partition => TakenOf(committed, partition))],
        },
        _ => answer,
    };

    public override bool Reverts(Round refused)
    {
        refusedNumber = refused.Number;
        return sabotage != Sabotage.ForgetToRevert;
    }

    public override Input? InsteadOf(Input refused, Exception error) =>
        sabotage == Sabotage.DropRefused ? null : base.InsteadOf(refused, error);

    public override bool RunsAfterRefusal(Input setAside) => sabotage != Sabotage.DropSetAside;

    public override DateTimeOffset FiresUntil(DateTimeOffset now) =>
        sabotage == Sabotage.RunAhead ? now.AddSeconds(1) : now;

    public override StartKind StartOf(ReminderRow row, int startsCount) => sabotage switch
    {
        Sabotage.ForgetStarts => StartKind.Free,
        Sabotage.CondemnBystanders when startsCount >= StartPolicy.CompanyStartsCount => StartKind.Ended,
        _ => base.StartOf(row, startsCount),
    };

    public override bool IsHere(PartitionTable partitions, PartitionId partition) =>
        sabotage == Sabotage.RunElsewhere || base.IsHere(partitions, partition);

    public override bool IsOfTenure(long asked, long current, bool hasLeft = false) =>
        (sabotage == Sabotage.KeepTenure && !hasLeft) || base.IsOfTenure(asked, current, hasLeft);

    public override bool Forgets(PartitionSet given) => sabotage != Sabotage.KeepGiven;

    private static TakenPartition TakenOf(CommitOutcome.Committed committed, PartitionId partition) =>
        committed.Taken.FirstOrDefault(taken => taken.Partition == partition, new TakenPartition(partition, false));
}
