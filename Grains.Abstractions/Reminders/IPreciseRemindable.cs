using Orleans.Concurrency;

namespace Tributary.Reminders;

/// <summary>An ordinary grain that takes precise reminders.</summary>
[Alias("tributary.precise-remindable")]
public interface IPreciseRemindable : IGrain
{
    /// <summary>
    /// Called when a reminder is due, never early. It is called again after a growing wait as long as it throws or
    /// takes longer than 30 s, and may be called twice for one due time when a silo is lost, stops
    /// or hands the reminder over meanwhile.
    /// </summary>
    [Alias("ReceivePreciseReminder")]
    Task ReceivePreciseReminder([Immutable] PreciseReminder reminder);
}

/// <summary>A precise reminder that is due.</summary>
/// <param name="Name">The name that it was set under.</param>
/// <param name="Due">When it is due. The same for each call for one due time.</param>
/// <param name="Attempt">The number of the call for this due time, from 1.</param>
/// <param name="Payload">What was given when it was set.</param>
[GenerateSerializer, Immutable, Alias("tributary.precise-reminder")]
public sealed record PreciseReminder(string Name, DateTimeOffset Due, int Attempt, byte[] Payload);
