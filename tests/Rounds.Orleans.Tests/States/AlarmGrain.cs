using System.Collections.Concurrent;
using Tributary.Reminders;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>An ordinary grain that takes precise reminders.</summary>
[Alias("tests.alarm-grain")]
public interface IAlarmGrain : IGrainWithStringKey, IPreciseRemindable
{
    [Alias("Set")]
    Task Set(string name, TimeSpan delay, TimeSpan period);

    [Alias("Remove")]
    Task Remove(string name);
}

/// <inheritdoc/>
public sealed class AlarmGrain(IPreciseReminders reminders) : Grain, IAlarmGrain
{
    /// <summary>The reminders of all silos of this process, in the order of their calls.</summary>
    public static ConcurrentQueue<(string Grain, PreciseReminder Reminder, DateTimeOffset At)> Rung { get; } = new();

    /// <summary>How often grains of this name throw before they take a reminder.</summary>
    public static ConcurrentDictionary<string, int> Failures { get; } = new();

    public Task Set(string name, TimeSpan delay, TimeSpan period) => period > TimeSpan.Zero
        ? reminders.SetPeriodicAsync(this.AsReference<IAlarmGrain>(), name, delay, period, "often"u8.ToArray())
        : reminders.SetAsync(this.AsReference<IAlarmGrain>(), name, delay, "once"u8.ToArray());

    public Task Remove(string name) => reminders.RemoveAsync(this.AsReference<IAlarmGrain>(), name);

    public Task ReceivePreciseReminder(PreciseReminder reminder)
    {
        Rung.Enqueue((this.GetPrimaryKeyString(), reminder, DateTimeOffset.UtcNow));
        return Failures.TryGetValue(this.GetPrimaryKeyString(), out var count) && reminder.Attempt <= count
            ? throw new InvalidOperationException("Not now.")
            : Task.CompletedTask;
    }
}
