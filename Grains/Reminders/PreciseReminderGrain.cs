using Tributary.Reminders;

namespace Tributary.Grains.Reminders;

/// <inheritdoc cref="IPreciseReminderGrain"/>
/// <remarks>
/// It has no state: each reminder is an activity that is due when the reminder is, and whose row holds all there is to
/// know. The activity calls the ordinary grain.
/// </remarks>
public sealed class PreciseReminderGrain : RoundGrain, IPreciseReminderGrain, IActivityOwner
{
    public const string GrainType = "precise-reminders";

    /// <summary>The name under which the activity that calls the grain is stored.</summary>
    public const string DeliverActivity = "deliver-precise-reminder";

    private static readonly Backoff Retries = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));

    public ValueTask Set(PreciseReminderRequest request)
    {
        var due = request.Due ?? Now + request.Delay;
        Start(request.Name, new PreciseReminderPayload(due, request.Period, request.Payload), attempt: 1, due);
        return ValueTask.CompletedTask;
    }

    public ValueTask Remove(string name)
    {
        ClearReminder(name);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        var payload = PreciseReminderPayload.Read(result.Payload);
        if (result.Error is not null)
            Start(name, payload, attempt + 1, Now + Retries.After(attempt));
        else if (payload.Period > TimeSpan.Zero)
        {
            var next = payload.After(Now);
            Start(name, next, attempt: 1, next.Due);
        }

        return ValueTask.CompletedTask;
    }

    private void Start(string name, PreciseReminderPayload payload, int attempt, DateTimeOffset due) =>
        StartActivity(name, DeliverActivity, payload.Write(), attempt, due);
}
