using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Storage;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.TestingHost.Clusters;
using Tributary.Tests.Shared;

namespace Tributary.Rounds.Orleans.Tests.States;

/// <summary>Ordinary grains of two silos keep their states and reminders in the one database.</summary>
public sealed class OrdinaryGrainTests : IAsyncLifetime
{
    private TributaryTestCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await ProbeCluster.StartAsync(silos: 2, static silo =>
        silo.Services.Configure<ReminderOptions>(static options =>
        {
            options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(50);
            // How soon a silo finds the reminders of one that is gone.
            options.RefreshReminderListPeriod = TimeSpan.FromSeconds(1);
        }));

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task A_state_outlives_its_activation_and_its_silo()
    {
        var carts = Enumerable.Range(0, 40)
            .Select(i => cluster.Grains.GetGrain<ICartGrain>($"outlive-{i}")).ToList();
        await Task.WhenAll(carts.Select(static cart => cart.Put("one")));
        await Task.WhenAll(carts.Select(static cart => cart.Leave()));
        var counts = await Task.WhenAll(carts.Select(static cart => cart.Put("two")));
        Assert.All(counts, static count => Assert.Equal(2, count));

        await cluster.KillAsync(cluster.Silos[1]);

        foreach (var cart in carts)
            Assert.Equal(["one", "two"], await AgainAsync(cart.Items));
        await carts[0].Empty();
        await carts[0].Leave();
        Assert.Empty(await carts[0].Items());
        Assert.Equal(1, await carts[0].Put("anew"));
    }

    [Fact]
    public async Task A_second_activation_loses_and_the_first_goes_on()
    {
        var storages = cluster.Silos
            .Select(static silo => silo.Services.GetRequiredKeyedService<IGrainStorage>("tributary")).ToList();
        var cart = cluster.Grains.GetGrain<ICartGrain>("twice");
        await cart.Put("one");
        var second = new GrainState<Cart>();
        await storages[1].ReadStateAsync("cart", cart.GetGrainId(), second);
        await cart.Put("two");

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storages[1].WriteStateAsync("cart", cart.GetGrainId(), second));

        Assert.Equal(3, await cart.Put("three"));
        // A write behind the grain's back: its next write is refused, Orleans ends it, and it goes on from what is
        // stored.
        await storages[0].ReadStateAsync("cart", cart.GetGrainId(), second);
        second.State!.Items.Add("from elsewhere");
        await storages[0].WriteStateAsync("cart", cart.GetGrainId(), second);
        await Assert.ThrowsAsync<InconsistentStateException>(() => cart.Put("lost"));
        Assert.Equal(["one", "two", "three", "from elsewhere"], await cart.Items());
    }

    [Fact]
    public async Task Hosts_need_no_other_storage_for_the_names_that_Orleans_asks_for()
    {
        var cart = cluster.Grains.GetGrain<ICartGrain>("default");
        await cart.Put("one");
        await cart.Wish("two");
        await cart.Leave();
        Assert.Equal(2, await cart.Wish("three"));
        Assert.Equal(["one"], await cart.Items());
        foreach (var name in (string[])["tributary", "Default", "PubSubStore"])
        {
            var storage = cluster.Silos[0].Services.GetRequiredKeyedService<IGrainStorage>(name);
            var state = new GrainState<Cart>(new Cart());
            await storage.WriteStateAsync(name, GrainId.Create("shop", name), state);
            Assert.True(state.RecordExists);
        }
    }

    [Fact]
    public async Task A_reminder_comes_again_and_again_from_the_silo_that_is_left_until_it_is_removed()
    {
        var carts = Enumerable.Range(0, 12)
            .Select(i => cluster.Grains.GetGrain<ICartGrain>($"remind-{i}")).ToList();
        await Task.WhenAll(carts.Select(static cart =>
            cart.RemindMe("soon", TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200))));
        await carts[0].RemindMe("far", TimeSpan.FromDays(30), TimeSpan.FromDays(1));
        await UntilTickedAsync(carts, 2);

        await cluster.KillAsync(cluster.Silos[1]);
        CartGrain.Ticks.Clear();
        await UntilTickedAsync(carts, 2);

        Assert.Equal(["far", "soon"], await AgainAsync(carts[0].Reminders));
        await carts[0].Forget("soon");
        await carts[0].Forget("unknown");
        Assert.Equal(["far"], await carts[0].Reminders());
        Assert.DoesNotContain(CartGrain.Ticks, static tick => tick.Name == "far");
    }

    [Fact]
    public async Task On_SQLite_a_silo_alone_keeps_states_and_reminders()
    {
        var database = TestDatabase.Sqlite();
        await using var alone = await RoundCluster.StartAsync(database, configure: silo =>
        {
            silo.Services.AddSingleton(_ => database.Store.GrainStates);
            silo.Services.AddSingleton(_ => database.Store.GrainReminders);
            silo.AddOrdinaryGrains();
            silo.Services.Configure<ReminderOptions>(static options =>
                options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(50));
        });
        var cart = alone.SiloGrains.GetGrain<ICartGrain>("on-sqlite");
        await cart.Put("one");
        await cart.Leave();
        Assert.Equal(2, await cart.Put("two"));

        await cart.RemindMe("soon", TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200));
        await UntilTickedAsync([cart], 2);
        Assert.Equal(["soon"], await cart.Reminders());
        await cart.Forget("soon");
        Assert.Empty(await cart.Reminders());
    }

    private static Task UntilTickedAsync(List<ICartGrain> carts, int times) => Waiting.UntilAsync(() =>
    {
        var ticks = CartGrain.Ticks.ToLookup(static tick => tick.Grain);
        return carts.TrueForAll(cart => ticks[cart.GetPrimaryKeyString()].Count() >= times);
    });

    // A call to a silo that was just killed may be lost.
    private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        T? answer = default;
        await Waiting.UntilAsync(async () =>
        {
            try
            {
                answer = await call();
                return true;
            }
            catch (Exception error) when (error is SiloUnavailableException or OrleansMessageRejectionException)
            {
                return false;
            }
        });
        return answer!;
    }
}
