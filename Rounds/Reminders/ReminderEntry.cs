using Tributary.Storage.Reminders;

namespace Tributary.Rounds.Reminders;

/// <summary>
/// A durable reminder in memory. An entry stands for one attempt: a row that replaced another has another entry.
/// </summary>
internal sealed class ReminderEntry(ReminderRow row)
{
    public ReminderRow Row { get; } = row;

    /// <summary>True once the entry was handed on, as an input or as an activity.</summary>
    public bool IsFired { get; set; }

    /// <summary>True once the activity was started.</summary>
    public bool IsStarted { get; set; }

    /// <summary>See <see cref="ActivityStart.Local"/>; null also when there was no room for the object.</summary>
    public object? Local { get; set; }

    public int LocalBytes { get; set; }
}
