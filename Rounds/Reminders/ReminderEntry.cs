using Tributary.Storage.Reminders;

namespace Tributary.Rounds.Reminders;

/// <summary>
/// A durable reminder in memory. Its identity is the attempt: a row that was replaced has another entry.
/// </summary>
internal sealed class ReminderEntry(ReminderRow row)
{
    public ReminderRow Row { get; } = row;

    /// <summary>True once it was handed on, as an input or as an activity.</summary>
    public bool IsFired { get; set; }

    /// <summary>True once its activity was started.</summary>
    public bool IsStarted { get; set; }

    /// <summary>See <see cref="ActivityStart.Local"/>; null as well when there was no room for it.</summary>
    public object? Local { get; set; }

    public int LocalBytes { get; set; }
}
