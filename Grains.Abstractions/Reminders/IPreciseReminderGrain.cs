namespace Tributary.Reminders;

/// <summary>
/// The precise reminders of one ordinary grain, whose id is the key: <see cref="IPreciseReminders"/> is the way to it.
/// </summary>
[Alias("tributary.precise-reminders")]
public interface IPreciseReminderGrain : IGrainWithStringKey
{
    /// <summary>Sets the reminder of the request's name, in place of an earlier one.</summary>
    [Alias("Set")]
    ValueTask Set(PreciseReminderRequest request);

    /// <summary>Removes a reminder, if there is one.</summary>
    [Alias("Remove")]
    ValueTask Remove(string name);
}

/// <param name="Name">A name in its grain.</param>
/// <param name="Due">When it is due; null for <paramref name="Delay"/> from now.</param>
/// <param name="Period">The time between two due times; zero for a single one.</param>
[GenerateSerializer, Immutable, Alias("tributary.precise-reminder-request")]
public sealed record PreciseReminderRequest(
    string Name, DateTimeOffset? Due, TimeSpan Delay, TimeSpan Period, byte[] Payload);
