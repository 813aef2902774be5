using Tributary.Runtime.Calls;
using Tributary.Runtime.Store;
using Tributary.Runtime.Turns;

namespace Tributary.Runtime.Rounds;

/// <summary>The turns whose effects one transaction makes durable, and those effects. Filled by the loop, unchanged once sealed.</summary>
internal sealed class Round
{
    private readonly Dictionary<(string Source, DateTimeOffset Hour), LedgerDelta> ledger = [];
    private readonly Lazy<RoundCommit> commit;

    public Round(SiloId silo, long number)
    {
        Number = number;
        commit = new Lazy<RoundCommit>(() => Write(silo));
    }

    /// <summary>The number that the fence will move to; a round without effects only checks the number before it.</summary>
    public long Number { get; }

    /// <summary>What began the turns, in order: answered when the round is durable, run again when it fails.</summary>
    public List<Input> Inputs { get; } = [];

    public long InputBytes { get; set; }

    public List<AppendedMessage> Messages { get; } = [];

    public List<ExternalIdRow> ExternalIds { get; } = [];

    /// <summary>Grains that a turn of this round wrote.</summary>
    public List<Activation> Dirty { get; } = [];

    /// <summary>Grains with merged calls, applied when the round is sealed.</summary>
    public List<Activation> Merged { get; } = [];

    /// <summary>The states as the round leaves them.</summary>
    public List<(Activation Grain, object State, bool IsNew)> States { get; } = [];

    public Dictionary<(GrainId Grain, string Name), ReminderWrite> Reminders { get; } = [];

    /// <summary>True when the states are taken: no turn runs in this round any more.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Messages that this incarnation stores before this round.</summary>
    public long AcceptedBefore { get; set; }

    public List<DeferredCall> Deferred { get; } = [];

    public List<long> DeferredDone { get; } = [];

    public List<FailureRow> Failures { get; } = [];

    public bool HasEffects =>
        Messages.Count > 0 || Dirty.Count > 0 || Merged.Count > 0 || Reminders.Count > 0 || Deferred.Count > 0
        || DeferredDone.Count > 0 || Failures.Count > 0;

    /// <summary>Counts a message that was stored and completed in the same turn.</summary>
    public void CountCompleted(Message message)
    {
        var at = message.ReceivedAt.UtcDateTime;
        var hour = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero);
        var key = (message.Source, hour);
        ledger.TryGetValue(key, out var counted);
        ledger[key] = new LedgerDelta(message.Source, hour, counted.Accepted + 1, counted.Completed + 1);
    }

    /// <summary>
    /// The round as the store takes it, with the states as JSON: made once, beside the loop, by whoever asks first. Throws
    /// what writing a state threw.
    /// </summary>
    public RoundCommit Commit => commit.Value;

    private RoundCommit Write(SiloId silo)
    {
        var written = new RoundCommit { Silo = silo, Round = Number, AcceptedBefore = AcceptedBefore };
        written.Messages.AddRange(Messages);
        written.ExternalIds.AddRange(ExternalIds);
        foreach (var (grain, state, isNew) in States)
            written.States.Add(new StateRow(grain.Type.Table, grain.Id, grain.Partition, grain.Type.Version, grain.Type.Codec!.Write(state), isNew));
        written.Reminders.AddRange(Reminders.Values);
        written.Deferred.AddRange(Deferred);
        written.DeferredDone.AddRange(DeferredDone);
        written.Failures.AddRange(Failures);
        written.Ledger.AddRange(ledger.Values);
        return written;
    }
}
