namespace Tributary.Reminders;

/// <summary>
/// Reminders of ordinary grains to the millisecond: durable, never early, not missed over restarts, and by the
/// million, since only those of the next minute are in memory. The time is that of the database's clock.
/// </summary>
/// <remarks>
/// A name of a grain has one reminder: setting it replaces the one before. Each call returns when the change is
/// durable.
/// </remarks>
public interface IPreciseReminders
{
    /// <summary>Reminds the grain once, so long from now.</summary>
    /// <param name="payload">Given back with the reminder; at most <see cref="MaxPayloadBytes"/>.</param>
    Task SetAsync(IPreciseRemindable grain, string name, TimeSpan delay, byte[]? payload = null);

    /// <summary>Reminds the grain once, at a time; at once when that has passed.</summary>
    /// <inheritdoc cref="SetAsync(IPreciseRemindable, string, TimeSpan, byte[])"/>
    Task SetAsync(IPreciseRemindable grain, string name, DateTimeOffset due, byte[]? payload = null);

    /// <summary>
    /// Reminds the grain again and again. Due times are whole periods apart; those that passed before the grain took
    /// the last one are left out.
    /// </summary>
    /// <param name="delay">The time until the first one.</param>
    /// <param name="period">From <see cref="MinPeriod"/> to <see cref="MaxPeriod"/>.</param>
    /// <inheritdoc cref="SetAsync(IPreciseRemindable, string, TimeSpan, byte[])"/>
    Task SetPeriodicAsync(
        IPreciseRemindable grain, string name, TimeSpan delay, TimeSpan period, byte[]? payload = null);

    /// <summary>Removes a reminder, if there is one. A call of the grain that is under way ends by itself.</summary>
    Task RemoveAsync(IPreciseRemindable grain, string name);

    /// <summary>The largest payload.</summary>
    const int MaxPayloadBytes = 64 * 1024;

    /// <summary>The longest name, in UTF-16 units.</summary>
    const int MaxNameLength = 256;

    /// <summary>The shortest period.</summary>
    static TimeSpan MinPeriod => TimeSpan.FromMilliseconds(1);

    /// <summary>The longest period, and the longest delay.</summary>
    static TimeSpan MaxPeriod => TimeSpan.FromDays(36_600);
}
