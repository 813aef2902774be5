using Tributary.Storage.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Commits;

/// <summary>The changes of a round to held calls, held reminders and failures.</summary>
internal sealed class KeptEffects
{
    public List<HeldCall> Held { get; } = [];

    public List<long> HeldDone { get; } = [];

    /// <summary>
    /// Held reminders that are due again. When a turn of this round writes the same reminder, the turn's write counts.
    /// </summary>
    public List<HeldWrite> Released { get; } = [];

    public List<Guid> FailuresDone { get; } = [];

    /// <summary>The time of the last turn that held a reminder.</summary>
    public DateTimeOffset HeldAt { get; set; }

    /// <summary>Reminders that become held are among the round's reminders, so they need no check here.</summary>
    public bool IsEmpty => Held.Count == 0 && HeldDone.Count == 0 && Released.Count == 0 && FailuresDone.Count == 0;

    public void Write(RoundCommit written, Dictionary<(RoundGrainId Grain, string Name), ReminderWrite> reminders)
    {
        written.Held.AddRange(Held);
        written.HeldDone.AddRange(HeldDone);
        written.FailuresDone.AddRange(FailuresDone);
        foreach (var write in Released)
        {
            if (!reminders.ContainsKey((write.Grain, write.Name)))
                written.HeldReminders.Add(write);
        }

        foreach (var write in reminders.Values)
        {
            if (write.Held is { } reason)
                written.HeldReminders.Add(new HeldWrite(write.Grain, write.Name, reason, HeldAt, MustBeHeld: false));
        }
    }
}
