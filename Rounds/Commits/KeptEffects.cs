using Tributary.Storage.Held;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Commits;

/// <summary>What a round does to work that is kept: calls and reminders that are held, and failures.</summary>
internal sealed class KeptEffects
{
    public List<HeldCall> Held { get; } = [];

    public List<long> HeldDone { get; } = [];

    /// <summary>
    /// Reminders that are due again. One of them that a turn of this round writes is what that turn makes of it.
    /// </summary>
    public List<HeldWrite> Released { get; } = [];

    public List<Guid> FailuresDone { get; } = [];

    /// <summary>What must never be done: see <see cref="Sabotage.KeepFailed"/>.</summary>
    public bool KeepsFailures { get; set; }

    /// <summary>The time of the last turn that held a reminder.</summary>
    public DateTimeOffset HeldAt { get; set; }

    /// <summary>Reminders that are held are among the round's reminders, which it has then.</summary>
    public bool IsEmpty => Held.Count == 0 && HeldDone.Count == 0 && Released.Count == 0 && FailuresDone.Count == 0;

    public void Write(RoundCommit written, Dictionary<(RoundGrainId Grain, string Name), ReminderWrite> reminders)
    {
        written.Held.AddRange(Held);
        written.HeldDone.AddRange(HeldDone);
        if (!KeepsFailures)
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
