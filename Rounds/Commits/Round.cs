using System.Runtime.InteropServices;
using Tributary.Messages;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;
using Tributary.Rounds.Turns;
using Tributary.Storage.Failures;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Commits;

/// <summary>
/// The turns whose effects one transaction makes durable, and those effects. Filled by the loop, unchanged once sealed.
/// </summary>
internal sealed class Round
{
    private readonly Dictionary<(string Source, DateTimeOffset Hour), LedgerDelta> ledger = [];
    private readonly Dictionary<Position, PartsRow> parts = [];
    private readonly List<PartsRow> superseded = [];
    private readonly Dictionary<(int Generation, string Item, string Key), RecordRow> records = [];
    private readonly List<OutcomeRow> outcomes = [];
    private readonly Lazy<RoundCommit> commit;

    public Round(SiloId silo, long number)
    {
        Number = number;
        commit = new Lazy<RoundCommit>(() => Write(silo));
    }

    /// <summary>
    /// The number to which this round moves the fence; a round without effects only checks the number before it.
    /// </summary>
    public long Number { get; }

    /// <summary>The version of the definitions by which the round's turns count messages.</summary>
    public long Definitions { get; init; }

    /// <summary>What the fence is told of <see cref="Definitions"/>.</summary>
    public long Fenced { get; init; }

    /// <summary>
    /// The inputs of the turns, in order: answered when the round is durable, run again when it fails.
    /// </summary>
    public List<Input> Inputs { get; } = [];

    public long InputBytes { get; set; }

    /// <summary>The calls that the inputs stand for: a row of deferred calls is one input.</summary>
    public int CallsCount { get; set; }

    /// <summary>Bytes of the records that turns set, including records that later turns replaced.</summary>
    public long RecordBytes { get; private set; }

    public List<AppendedMessage> Messages { get; } = [];

    public List<ExternalIdRow> ExternalIds { get; } = [];

    /// <summary>Grains that a turn of this round wrote.</summary>
    public List<Activation> Dirty { get; } = [];

    /// <summary>Grains with merged calls, applied when the round is sealed.</summary>
    public List<Activation> Merged { get; } = [];

    /// <summary>The states as the round leaves them.</summary>
    public List<(Activation Grain, object State, bool IsNew)> States { get; } = [];

    public Dictionary<(RoundGrainId Grain, string Name), ReminderWrite> Reminders { get; } = [];

    /// <summary>True when the states are collected: no turn runs in this round any more.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Messages that this incarnation stores before this round.</summary>
    public long AcceptedBefore { get; set; }

    /// <summary>Partitions of which this round ran a turn or settled an input.</summary>
    public PartitionSet Held { get; } = new();

    /// <summary>The partitions of <see cref="Held"/> whose rows the round writes.</summary>
    public PartitionSet Writes { get; } = new();

    /// <summary>Partitions that this round takes; known when it is sealed.</summary>
    public List<PartitionId> Takes { get; } = [];

    /// <summary>Partitions that this round gives; known when it is sealed.</summary>
    public List<PartitionId> Gives { get; } = [];

    /// <summary>
    /// Calls that the round leaves to later rounds; they move to <see cref="Deferred"/> when it is sealed.
    /// </summary>
    public LeftCalls Left { get; } = new();

    /// <summary>Rows of calls that the round leaves to later rounds.</summary>
    public List<LeftRow> Deferred { get; } = [];

    public List<long> DeferredDone { get; } = [];

    public List<FailureRow> Failures { get; } = [];

    /// <summary>The changes to held work and to failures.</summary>
    public KeptEffects Kept { get; } = new();

    public bool HasEffects =>
        Messages.Count > 0 || Dirty.Count > 0 || Merged.Count > 0 || Reminders.Count > 0 || Left.HasAny
        || Deferred.Count > 0 || DeferredDone.Count > 0 || Failures.Count > 0 || !Kept.IsEmpty || parts.Count > 0
        || records.Count > 0 || outcomes.Count > 0 || Takes.Count > 0 || Gives.Count > 0;

    /// <summary>Entries of the failure feed; a round has as many positions for them as for messages.</summary>
    public int RaisedCount { get; private set; }

    /// <summary>Counts a message that was stored with these parts.</summary>
    public void CountAccepted(Message message, IReadOnlyList<MessagePart> left)
    {
        ref var delta = ref Ledger(message.Source, message.ReceivedAt);
        delta = Moved(delta with { Accepted = delta.Accepted + 1 }, MessagePart.StatusOf(left), 1);
        RaisedCount += CountRaised(left);
    }

    /// <summary>Sets the remaining work of a stored message; the last of several calls in one round counts.</summary>
    public void SetParts(
        MessageReference message, string item, MessageStatus before, IReadOnlyList<MessagePart> left, DateTimeOffset at)
    {
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, message.Position, out var isReplaced);
        // A raised failure stays raised: the failure feed tells of it although a later turn of the round overtook it.
        if (isReplaced && CountRaised(row.Parts) > 0)
            superseded.Add(row with { Parts = [.. row.Parts.Where(part => part.IsRaised)] });
        row = new PartsRow(message, item, left, at);
        RaisedCount += CountRaised(left);
        var after = MessagePart.StatusOf(left);
        if (after == before)
            return;
        ref var delta = ref Ledger(message.Source, message.ReceivedAt);
        delta = Moved(Moved(delta, before, -1), after, 1);
    }

    public void SetRecord(MessageReference message, string item, RecordEffect record)
    {
        RecordBytes += record.Json.Length;
        var key = (record.Generation, item, record.Key);
        if (!records.TryGetValue(key, out var known) || known.Message.ItemSequence <= message.ItemSequence)
            records[key] = new RecordRow(record.Generation, item, record.Key, message, record.Json);
    }

    public void AddOutcomes(MessageReference message, IReadOnlyList<Outcome> added)
    {
        foreach (var outcome in added)
            outcomes.Add(new OutcomeRow(message.Position, outcome));
    }

    private static int CountRaised(IReadOnlyList<MessagePart> left)
    {
        var count = 0;
        for (var i = 0; i < left.Count; i++)
            count += left[i].IsRaised ? 1 : 0;
        return count;
    }

    private ref LedgerDelta Ledger(string source, DateTimeOffset receivedAt)
    {
        var at = receivedAt.UtcDateTime;
        var hour = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero);
        ref var delta = ref CollectionsMarshal.GetValueRefOrAddDefault(ledger, (source, hour), out var exists);
        if (!exists)
            delta = new LedgerDelta(source, hour, 0, 0);
        return ref delta;
    }

    private static LedgerDelta Moved(LedgerDelta delta, MessageStatus status, int by) => status switch
    {
        MessageStatus.Processing => delta with { Processing = delta.Processing + by },
        MessageStatus.Retrying => delta with { Retrying = delta.Retrying + by },
        MessageStatus.Parked => delta with { Parked = delta.Parked + by },
        MessageStatus.Skipped => delta with { Skipped = delta.Skipped + by },
        _ => delta with { Completed = delta.Completed + by },
    };

    /// <summary>
    /// The round as the store takes it, with the states as JSON. Made once, beside the loop, on first use. Throws the
    /// error of a state that cannot be written.
    /// </summary>
    public RoundCommit Commit => commit.Value;

    private RoundCommit Write(SiloId silo)
    {
        var written = new RoundCommit
        {
            Silo = silo, Round = Number, Definitions = Fenced, AcceptedBefore = AcceptedBefore,
        };
        Writes.CopyTo(written.Writes);
        written.Takes.AddRange(Takes);
        written.Gives.AddRange(Gives);
        written.Messages.AddRange(Messages);
        written.ExternalIds.AddRange(ExternalIds);
        foreach (var (grain, state, isNew) in States)
            written.States.Add(
                new StateRow(
                    grain.Type.Table, grain.Id, grain.Partition, grain.Type.Version, grain.Type.Codec!.Write(state),
                    isNew));
        foreach (var write in Reminders.Values)
        {
            if (write.Held is null)
                written.Reminders.Add(write);
        }

        Kept.Write(written, Reminders);
        foreach (var row in Deferred)
            written.Deferred.Add(row.Row);
        written.DeferredDone.AddRange(DeferredDone);
        written.Failures.AddRange(Failures);
        written.Ledger.AddRange(ledger.Values);
        written.Superseded.AddRange(superseded);
        written.Parts.AddRange(parts.Values);
        written.Records.AddRange(records.Values);
        written.Outcomes.AddRange(outcomes);
        return written;
    }
}
