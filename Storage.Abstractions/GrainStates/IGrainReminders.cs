namespace Tributary.Storage.GrainStates;

/// <summary>The reminders of ordinary Orleans grains: the table behind Orleans' own reminder service.</summary>
public interface IGrainReminders
{
    /// <summary>The reminders of one grain.</summary>
    /// <param name="grain">The text of the grain's id, <c>type/key</c>.</param>
    ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(string grain, CancellationToken cancellation);

    /// <summary>
    /// The reminders whose hash lies in (<paramref name="begin"/>, <paramref name="end"/>]; when begin is not less than
    /// end, those above begin and those up to end.
    /// </summary>
    ValueTask<IReadOnlyList<GrainReminder>> ReadAsync(uint begin, uint end, CancellationToken cancellation);

    ValueTask<GrainReminder?> FindAsync(string grain, string name, CancellationToken cancellation);

    /// <summary>Writes the reminder, whatever was there; durable when it returns.</summary>
    ValueTask UpsertAsync(GrainReminder reminder, CancellationToken cancellation);

    /// <summary>Removes the reminder; false when it is not stored, or in another version.</summary>
    ValueTask<bool> RemoveAsync(string grain, string name, Guid version, CancellationToken cancellation);

    /// <summary>Removes all reminders.</summary>
    ValueTask ClearAsync(CancellationToken cancellation);
}

/// <param name="Grain">The text of the grain's id, <c>type/key</c>.</param>
/// <param name="Hash">Orleans' uniform hash of the grain's id.</param>
/// <param name="StartAt">When it is due first, UTC.</param>
/// <param name="Version">Changes with each write.</param>
public sealed record GrainReminder(
    string Grain, string Name, uint Hash, DateTime StartAt, TimeSpan Period, Guid Version);
