using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Held;
using Tributary.Storage.Reminders;

namespace Tributary.Storage.Rounds;

/// <summary>
/// Everything that one transaction makes durable. Unchanged once it was handed to the store, so that it can be sent
/// again.
/// </summary>
public sealed class RoundCommit
{
    public required SiloId Silo { get; init; }

    /// <summary>The number of this round; the fence expects the silo's row at <c>Round - 1</c>.</summary>
    public required long Round { get; init; }

    /// <summary>
    /// The version of the definitions that the round's messages are counted by, at least; the fence expects that the
    /// silo's row asks for no later one.
    /// </summary>
    public long Definitions { get; init; }

    /// <summary>
    /// Messages that this incarnation stored before this round: the running count that makes totals cheap.
    /// </summary>
    public required long AcceptedBefore { get; init; }

    /// <summary>
    /// The partitions whose rows this round writes, each once; the fence expects that the silo owns them. Calls left
    /// for
    /// a grain, and failures, may be of any partition: they are only added.
    /// </summary>
    public List<PartitionId> Writes { get; } = [];

    /// <summary>
    /// Partitions to take, each once: one that nobody owns, or this silo, or a silo that was declared dead. The round
    /// writes none of them.
    /// </summary>
    public List<PartitionId> Takes { get; } = [];

    /// <summary>Partitions to give, each once. The round writes none of them.</summary>
    public List<PartitionId> Gives { get; } = [];

    /// <summary>In order: the index in this list is the message's index in the round.</summary>
    public List<AppendedMessage> Messages { get; } = [];

    /// <summary>New external ids, each of a message of this round.</summary>
    public List<ExternalIdRow> ExternalIds { get; } = [];

    /// <summary>At most one per grain.</summary>
    public List<StateRow> States { get; } = [];

    /// <summary>At most one per (grain, name).</summary>
    public List<ReminderWrite> Reminders { get; } = [];

    /// <summary>
    /// Calls left to a later round, of this silo or another. A row holds one call, or several as one call to their
    /// partition. The store gives the rows their sequences.
    /// </summary>
    public List<DeferredCall> Deferred { get; } = [];

    /// <summary>Sequences of deferred calls that this round made.</summary>
    public List<long> DeferredDone { get; } = [];

    public List<FailureRow> Failures { get; } = [];

    /// <summary>Failures whose calls this round made again; each exists.</summary>
    public List<Guid> FailuresDone { get; } = [];

    /// <summary>
    /// Calls that this build cannot make. One that is held already is held for another reason from now on; one without
    /// a
    /// sequence gets one behind those of <see cref="Deferred"/>.
    /// </summary>
    public List<HeldCall> Held { get; } = [];

    /// <summary>Sequences of held calls that this round made; each exists.</summary>
    public List<long> HeldDone { get; } = [];

    /// <summary>
    /// Reminders that are held, or due again as they were; none of them stands in <see cref="Reminders"/>. One that
    /// does not exist
    /// stays so, and one that is not held is not made due again.
    /// </summary>
    public List<HeldWrite> HeldReminders { get; } = [];

    /// <summary>
    /// What is left to be done of stored messages, at most one per message: replaces all that was left. Parts of the
    /// messages of this round stand in <see cref="AppendedMessage.Parts"/>. Parts that are raised become entries of the
    /// failure feed, in this order: those of
    /// <see cref="Messages"/>, of <see cref="Superseded"/>, then these.
    /// </summary>
    public List<PartsRow> Parts { get; } = [];

    /// <summary>
    /// Raised parts that a later turn of this round replaced: entries of the failure feed and nothing else.
    /// </summary>
    public List<PartsRow> Superseded { get; } = [];

    /// <summary>
    /// At most one per (generation, item, key). One whose item sequence is below the stored one's changes nothing.
    /// </summary>
    public List<RecordRow> Records { get; } = [];

    /// <summary>Added to what is stored of the message, in order.</summary>
    public List<OutcomeRow> Outcomes { get; } = [];

    /// <summary>At most one per (source, hour).</summary>
    public List<LedgerDelta> Ledger { get; } = [];

    public bool IsEmpty =>
        Messages.Count == 0 && ExternalIds.Count == 0 && States.Count == 0 && Reminders.Count == 0
        && Deferred.Count == 0 && DeferredDone.Count == 0 && Failures.Count == 0 && Ledger.Count == 0
        && Parts.Count == 0 && Records.Count == 0 && Outcomes.Count == 0 && FailuresDone.Count == 0
        && Held.Count == 0 && HeldDone.Count == 0 && HeldReminders.Count == 0 && Takes.Count == 0 && Gives.Count == 0;

    /// <summary>
    /// The sequence of a call that a round left or held as its n-th, counted through <see cref="Deferred"/> and then
    /// <see cref="Held"/>. Made like a position, so that no two silos make the same.
    /// </summary>
    public static long SequenceOf(long transaction, int index) => Position.Of(transaction, index).Value;
}

/// <param name="At">The time of the turn, for the failure feed.</param>
public readonly record struct PartsRow(
    MessageReference Message, string Item, IReadOnlyList<MessagePart> Parts, DateTimeOffset At);

/// <summary>A record of an item, made by one generation of a plugin from one message.</summary>
public readonly record struct RecordRow(
    int Generation, string Item, string Key, MessageReference Message, ReadOnlyMemory<byte> Json);

/// <summary>What a stored message was counted in since it was accepted.</summary>
public readonly record struct OutcomeRow(Position Message, Outcome Outcome);

/// <summary>Which table holds the states of a grain type; each has the key that its reads need.</summary>
public enum StateTable
{
    /// <summary>Items, by id.</summary>
    Items,

    /// <summary>Aggregates, by generation, group and window start: see <see cref="AggregateKey"/>.</summary>
    Aggregates,

    /// <summary>All others, by type and key.</summary>
    Grains,
}

/// <param name="Version">The version of the state's format.</param>
/// <param name="State">The state as UTF-8 JSON.</param>
/// <param name="IsNew">True when no row of this grain exists; the owner knows.</param>
public readonly record struct StateRow(
    StateTable Table, RoundGrainId Grain, PartitionId Partition, int Version, ReadOnlyMemory<byte> State, bool IsNew);

/// <summary>An external id of a message of the same round; the partition is that of the message's item.</summary>
public readonly record struct ExternalIdRow(PartitionId Partition, ExternalKey Key, UInt128 BodyHash, int MessageIndex);

/// <summary>Signed changes to the counts of one source and hour of acceptance.</summary>
public readonly record struct LedgerDelta(
    string Source,
    DateTimeOffset Hour,
    long Accepted,
    long Completed,
    long Skipped = 0,
    long Processing = 0,
    long Retrying = 0,
    long Parked = 0);

/// <summary>A reminder set (<see cref="Set"/> not null) or removed.</summary>
public readonly record struct ReminderWrite(
    PartitionId Partition, RoundGrainId Grain, string Name, ReminderRequest? Set)
{
    /// <summary>See <see cref="ActivityStart.Local"/>; not stored.</summary>
    public object? Local { get; init; }

    /// <summary>What <see cref="Local"/> holds in memory.</summary>
    public int LocalBytes { get; init; }

    /// <summary>Not null when the reminder is neither set nor removed: it is held, and stays as it is.</summary>
    public HeldReason? Held { get; init; }
}

/// <summary>A start of an activity, noted on its row before it happens.</summary>
/// <param name="Activity">The row as it was read.</param>
/// <param name="StartsCount">How often it will have been started.</param>
/// <param name="IsAlone">True when nothing else runs with it.</param>
public readonly record struct StartNote(ReminderRow Activity, int StartsCount, bool IsAlone);

/// <summary>
/// A one-way call that a later round makes: it is durable with its caller's round and ends with its callee's.
/// </summary>
/// <param name="Sequence">0 in a round that leaves the call: the store says it, see <see
/// cref="RoundCommit.SequenceOf"/>.</param>
/// <param name="Arguments">The arguments as a JSON array.</param>
public sealed record DeferredCall(
    long Sequence, PartitionId Partition, RoundGrainId Target, string Method, ReadOnlyMemory<byte> Arguments)
{
    /// <summary>
    /// The sequence of the deferred call that began what led to this one; 0 when the round that left this call began
    /// it.
    /// </summary>
    public long Origin { get; init; }

    /// <summary>The transaction of the round that left the call.</summary>
    public long Transaction => Sequence >> Position.IndexBits;
}
