using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Tributary.Grains.Reminders;
using Tributary.Reminders;

namespace Tributary.Pipeline.Reminders;

/// <summary>Calls an ordinary grain whose precise reminder is due.</summary>
public sealed class DeliverReminderActivity(IGrainFactory grains, TimeProvider time) : IActivity
{
    /// <summary>How long the grain may take; then the call counts as failed, and is made again later.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        var reminder = PreciseReminderPayload.Read(start.Payload);
        var grain = grains.GetGrain<IPreciseRemindable>(
            GrainId.Parse(start.Owner.Key, CultureInfo.InvariantCulture));
        await grain
            .ReceivePreciseReminder(new PreciseReminder(
                start.Name, reminder.Due, start.Attempt, reminder.Payload.ToArray()))
            .WaitAsync(MaxTime, time, cancellation);
        return null;
    }
}
