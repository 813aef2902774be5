using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tributary.Reminders;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.TestingHost.Clusters;
using Tributary.Tests.Shared;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>Precise reminders of ordinary grains in two silos, on one clock: that of this machine.</summary>
public sealed class PreciseReminderTests : IAsyncLifetime
{
    private TributaryTestCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await ProbeCluster.StartAsync(silos: 2);

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Each_reminder_comes_once_and_never_early()
    {
        const int Count = 200;
        var set = DateTimeOffset.UtcNow;
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i =>
            Alarm($"once-{i}").Set("name", TimeSpan.FromMilliseconds(200 + (5 * i)), TimeSpan.Zero)));

        await Waiting.UntilAsync(() => Of("once-").Count >= Count);

        var rung = Of("once-");
        Assert.Equal(Count, rung.Select(static one => one.Grain).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Count, rung.Count);
        Assert.All(rung, one =>
        {
            Assert.True(one.At >= one.Reminder.Due, $"{one.Grain} came at {one.At:O}, before {one.Reminder.Due:O}.");
            Assert.True(one.Reminder.Due >= set);
            Assert.Equal(("name", 1, "once"), (
                one.Reminder.Name, one.Reminder.Attempt, Encoding.UTF8.GetString(one.Reminder.Payload)));
        });
    }

    [Fact]
    public async Task A_reminder_that_was_replaced_or_removed_does_not_come()
    {
        var alarm = Alarm("changed");
        await alarm.Set("replaced", TimeSpan.FromSeconds(1), TimeSpan.Zero);
        await alarm.Set("replaced", TimeSpan.FromDays(1), TimeSpan.Zero);
        await alarm.Set("removed", TimeSpan.FromSeconds(1), TimeSpan.Zero);
        await alarm.Remove("removed");
        await alarm.Remove("unknown");
        await alarm.Set("after them", TimeSpan.FromSeconds(2), TimeSpan.Zero);

        await Waiting.UntilAsync(() => Of("changed").Count > 0);

        Assert.Equal(["after them"], Of("changed").Select(static one => one.Reminder.Name));
    }

    [Fact]
    public async Task A_periodic_reminder_keeps_its_pace_through_the_death_of_a_silo()
    {
        var period = TimeSpan.FromMilliseconds(100);
        var alarms = Enumerable.Range(0, 10).Select(i => Alarm($"often-{i}")).ToList();
        await Task.WhenAll(alarms.Select(alarm => alarm.Set("tick", TimeSpan.Zero, period)));
        await Waiting.UntilAsync(() => alarms.TrueForAll(alarm => Of(alarm.GetPrimaryKeyString()).Count >= 3));

        await cluster.KillAsync(cluster.Silos[1]);
        var before = Of("often-").Count;
        var counts = alarms.ToDictionary(
            static alarm => alarm.GetPrimaryKeyString(), alarm => Of(alarm.GetPrimaryKeyString()).Count);
        await Waiting.UntilAsync(() => alarms.TrueForAll(alarm =>
            Of(alarm.GetPrimaryKeyString()).Count >= counts[alarm.GetPrimaryKeyString()] + 3));

        Assert.True(Of("often-").Count > before);
        foreach (var alarm in alarms)
        {
            var dues = Of(alarm.GetPrimaryKeyString()).Select(static one => one.Reminder.Due).Distinct().ToList();
            Assert.Equal(dues.Order(), dues);
            Assert.All(dues.Skip(1).Zip(dues), pair =>
                Assert.Equal(0, (pair.First - pair.Second).Ticks % period.Ticks));
        }
    }

    [Fact]
    public async Task A_reminder_comes_again_until_the_grain_takes_it()
    {
        AlarmGrain.Failures["failing"] = 2;
        await Alarm("failing").Set("name", TimeSpan.Zero, TimeSpan.Zero);

        await Waiting.UntilAsync(() => Of("failing").Count >= 3);

        Assert.Equal([1, 2, 3], Of("failing").Select(static one => one.Reminder.Attempt));
        Assert.Single(Of("failing").Select(static one => one.Reminder.Due).Distinct());
    }

    [Fact]
    public async Task Clients_set_reminders_as_well_and_bad_requests_say_what_is_allowed()
    {
        var reminders = cluster.Client.ServiceProvider.GetRequiredService<IPreciseReminders>();
        var alarm = Alarm("from-outside");

        await reminders.SetAsync(alarm, "at once", DateTimeOffset.UnixEpoch);
        await Waiting.UntilAsync(() => Of("from-outside").Count == 1);
        Assert.Equal(DateTimeOffset.UnixEpoch, Of("from-outside")[0].Reminder.Due);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => reminders.SetAsync(alarm, "name", TimeSpan.FromTicks(-1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => reminders.SetPeriodicAsync(alarm, "name", TimeSpan.Zero, TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentException>(() => reminders.SetAsync(alarm, "", TimeSpan.Zero));
        var large = await Assert.ThrowsAsync<ArgumentException>(() => reminders.SetAsync(
            alarm, "name", TimeSpan.Zero, new byte[IPreciseReminders.MaxPayloadBytes + 1]));
        Assert.Contains("65536", large.Message, StringComparison.Ordinal);
    }

    private IAlarmGrain Alarm(string key) => cluster.Grains.GetGrain<IAlarmGrain>(key);

    private static List<(string Grain, PreciseReminder Reminder, DateTimeOffset At)> Of(string prefix) =>
        [.. AlarmGrain.Rung.Where(one => one.Grain.StartsWith(prefix, StringComparison.Ordinal))];
}
