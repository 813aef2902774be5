using System.Collections.Concurrent;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>An ordinary grain with a state and a reminder, as anybody writes one.</summary>
[Alias("tests.cart-grain")]
public interface ICartGrain : IGrainWithStringKey
{
    [Alias("Put")]
    Task<int> Put(string item);

    /// <summary>Keeps it in the storage that grains have when they name none.</summary>
    [Alias("Wish")]
    Task<int> Wish(string item);

    [Alias("Items")]
    Task<string[]> Items();

    [Alias("Empty")]
    Task Empty();

    /// <summary>Ends the activation, so that the next call reads what is stored.</summary>
    [Alias("Leave")]
    Task Leave();

    /// <summary>The silo that runs the grain.</summary>
    [Alias("Where")]
    Task<SiloAddress> Where();

    [Alias("RemindMe")]
    Task RemindMe(string name, TimeSpan due, TimeSpan period);

    [Alias("Reminders")]
    Task<string[]> Reminders();

    [Alias("Forget")]
    Task Forget(string name);
}

/// <inheritdoc/>
public sealed class CartGrain(
    [PersistentState("cart", "tributary")] IPersistentState<Cart> cart,
    [PersistentState("wishes")] IPersistentState<Cart> wishes, ILocalSiloDetails silo)
    : Grain, ICartGrain, IRemindable
{
    /// <summary>Which silo's grain was reminded, in the order of the ticks, over all silos of this process.</summary>
    public static ConcurrentQueue<(string Grain, string Name, SiloAddress Silo)> Ticks { get; } = new();

    public async Task<int> Put(string item)
    {
        cart.State.Items.Add(item);
        await cart.WriteStateAsync();
        return cart.State.Items.Count;
    }

    public Task<string[]> Items() => Task.FromResult(cart.State.Items.ToArray());

    public async Task<int> Wish(string item)
    {
        wishes.State.Items.Add(item);
        await wishes.WriteStateAsync();
        return wishes.State.Items.Count;
    }

    public Task Empty() => cart.ClearStateAsync();

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<SiloAddress> Where() => Task.FromResult(silo.SiloAddress);

    public Task RemindMe(string name, TimeSpan due, TimeSpan period) =>
        this.RegisterOrUpdateReminder(name, due, period);

    public async Task<string[]> Reminders() =>
        [.. (await this.GetReminders()).Select(static one => one.ReminderName).Order(StringComparer.Ordinal)];

    public async Task Forget(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Ticks.Enqueue((this.GetPrimaryKeyString(), reminderName, silo.SiloAddress));
        return Task.CompletedTask;
    }
}
