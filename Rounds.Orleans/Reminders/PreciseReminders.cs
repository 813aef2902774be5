using Tributary.Reminders;

namespace Tributary.Rounds.Orleans.Reminders;

/// <inheritdoc/>
internal sealed class PreciseReminders(IGrainFactory grains) : IPreciseReminders
{
    public Task SetAsync(IPreciseRemindable grain, string name, TimeSpan delay, byte[]? payload = null) =>
        SetAsync(grain, new PreciseReminderRequest(name, null, Checked(delay), TimeSpan.Zero, payload ?? []));

    public Task SetAsync(IPreciseRemindable grain, string name, DateTimeOffset due, byte[]? payload = null) =>
        SetAsync(grain, new PreciseReminderRequest(name, due, TimeSpan.Zero, TimeSpan.Zero, payload ?? []));

    public Task SetPeriodicAsync(
        IPreciseRemindable grain, string name, TimeSpan delay, TimeSpan period, byte[]? payload = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, IPreciseReminders.MinPeriod);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, IPreciseReminders.MaxPeriod);
        return SetAsync(grain, new PreciseReminderRequest(name, null, Checked(delay), period, payload ?? []));
    }

    public Task RemoveAsync(IPreciseRemindable grain, string name) => Of(grain).Remove(Checked(name)).AsTask();

    private Task SetAsync(IPreciseRemindable grain, PreciseReminderRequest request)
    {
        Checked(request.Name);
        if (request.Payload.Length > IPreciseReminders.MaxPayloadBytes)
        {
            throw new ArgumentException(
                $"Found a payload of {request.Payload.Length} bytes; allowed: at most "
                + $"{IPreciseReminders.MaxPayloadBytes}.");
        }

        return Of(grain).Set(request).AsTask();
    }

    private IPreciseReminderGrain Of(IPreciseRemindable grain) =>
        grains.GetGrain<IPreciseReminderGrain>(grain.GetGrainId().ToString());

    private static TimeSpan Checked(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, IPreciseReminders.MaxPeriod);
        return delay;
    }

    private static string Checked(string name) =>
        name.Length is > 0 and <= IPreciseReminders.MaxNameLength ? name
        : throw new ArgumentException(
            $"Found a name of {name.Length} characters; allowed: 1 to {IPreciseReminders.MaxNameLength}.",
            nameof(name));
}
