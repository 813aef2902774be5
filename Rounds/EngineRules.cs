using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.Rounds.Held;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Reminders;
using Tributary.Rounds.Turns;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds;

/// <summary>
/// The engine's decisions that its promises rest on, one method for each. Silos decide by <see cref="Standard"/>; the
/// canaries of the simulation override one method each, and its checks must notice.
/// </summary>
internal class EngineRules
{
    public static EngineRules Standard { get; } = new();

    /// <summary>False when the input ends without its turn: its activity or reminder was replaced.</summary>
    public virtual bool RunsTurn(Input input, ReminderBook reminders) =>
        !(input is ReminderInput firing && reminders.IsStale(firing.Entry));

    /// <summary>What began a turn ends with its round.</summary>
    public virtual bool EndsWithRound(Input input) => true;

    /// <summary>A call that its round does not make becomes durable with it.</summary>
    public virtual bool Defers(OneWayCall call) => true;

    /// <summary>A row of calls that comes as a hint is taken when it is certain that it was not made.</summary>
    /// <param name="hasPolled">True when the first poll of the partition's tenure has ended.</param>
    /// <param name="wasSeen">
    /// True when the last poll could see the row: one that it did not bring into memory was made.
    /// </param>
    public virtual bool TakesHint(bool hasPolled, bool wasSeen) => hasPolled && !wasSeen;

    /// <summary>What this build cannot read stays for a build that can.</summary>
    public virtual bool Holds(UnreadableException obstacle) => true;

    /// <summary>What is left of a message is written by the round of the turn that did the rest.</summary>
    public virtual bool WritesParts(Round round) => true;

    /// <summary>Before its commit nothing of a round is seen by anybody.</summary>
    public virtual void BeforeCommit(Round round)
    {
    }

    /// <summary>A round tells the fence the version of the definitions by which its turns counted.</summary>
    public virtual long FencedBy(long definitions) => definitions;

    /// <summary>The store's answer to a commit is what happened, or it is unknown.</summary>
    public virtual CommitOutcome OutcomeOf(Round round, CommitOutcome answer) => answer;

    /// <summary>A refused round leaves nothing in memory.</summary>
    public virtual bool Reverts(Round refused) => true;

    /// <summary>
    /// The input that tells the owner of <paramref name="refused"/>; null when the input has no owner.
    /// </summary>
    public virtual Input? InsteadOf(Input refused, Exception error) => refused.Instead(error);

    /// <summary>What was set aside for want of room runs when there is room.</summary>
    public virtual bool RunsAfterRefusal(Input setAside) => true;

    /// <summary>Reminders that are due at this time fire.</summary>
    public virtual DateTimeOffset FiresUntil(DateTimeOffset now) => now;

    /// <summary>How an activity starts whose starts did not end <paramref name="startsCount"/> times.</summary>
    public virtual StartKind StartOf(ReminderRow row, int startsCount) => StartPolicy.KindOf(row, startsCount);

    /// <summary>Turns of a partition run in the silo that owns it.</summary>
    public virtual bool IsHere(PartitionTable partitions, PartitionId partition) => partitions.IsHere(partition);

    /// <summary>An answer belongs to the tenure of its partition that asked for it.</summary>
    /// <param name="hasLeft">True when memory holds nothing any more that the answer could be laid under.</param>
    public virtual bool IsOfTenure(long asked, long current, bool hasLeft = false) => asked == current;

    /// <summary>Grains and external ids leave memory with their partitions.</summary>
    public virtual bool Forgets(PartitionSet given) => true;
}
