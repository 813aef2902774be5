using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests;

/// <summary>The world that all other tests trust: what it does not do on purpose must not happen by itself.</summary>
public sealed class VirtualTimeTests
{
    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_equal_ones_in_the_order_in_which_they_were_set()
    {
        var time = new VirtualTime();
        var fired = new List<string>();
        Set(time, fired, "late", 2);
        Set(time, fired, "first", 1);
        Set(time, fired, "second", 1);
        while (time.TryAdvance())
        {
            // Fires the next one.
        }

        Assert.Equal(["first at 1", "second at 1", "late at 2"], fired);
    }

    [Fact]
    public void A_timer_that_was_moved_fires_at_its_last_time_only_and_one_that_was_disposed_of_never()
    {
        var time = new VirtualTime();
        var fired = new List<string>();
        var moved = Set(time, fired, "moved", 1);
        moved.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        Set(time, fired, "gone", 2).Dispose();
        var stopped = Set(time, fired, "stopped", 2);
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        Assert.True(time.TryAdvance());
        Assert.False(time.TryAdvance());
        Assert.Equal(["moved at 3"], fired);
    }

    [Fact]
    public void Time_never_goes_back()
    {
        var time = new VirtualTime();
        var fired = new List<string>();
        Set(time, fired, "later", 5);
        Assert.True(time.TryAdvance());
        Set(time, fired, "past", -3);
        Assert.True(time.TryAdvance());

        Assert.Equal(TimeSpan.FromSeconds(5), time.Elapsed);
    }

    [Fact]
    public void A_skewed_clock_is_off_and_drifts()
    {
        var time = new VirtualTime();
        var clock = time.Skewed(TimeSpan.FromHours(1), driftPpm: 500);
        Set(time, [], "later", 1_000);
        Assert.True(time.TryAdvance());

        Assert.Equal(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(500), clock.GetUtcNow() - time.GetUtcNow());
    }

    [Fact]
    public void What_could_run_next_is_drawn_by_chance_and_differs_between_seeds()
    {
        var orders = Enumerable.Range(1, 20).Select(Order).ToList();

        Assert.All(orders, order => Assert.Equal("abcd", string.Concat(order.Order())));
        Assert.True(orders.Distinct().Count() > 5, string.Join(' ', orders));
        Assert.Equal(Order(3), Order(3));
    }

    [Fact]
    public void Ids_sort_by_virtual_time_and_say_that_they_do()
    {
        var world = new SimulationWorld(1);
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(world.NewId());
            world.Run(() => world.Delay(TimeSpan.FromMilliseconds(1)));
        }

        Assert.Equal(ids.Order(), ids);
        Assert.All(ids, id => Assert.Equal((7, 2), (id.Version, id.Variant >> 2)));
    }

    [Fact]
    public void An_error_that_nobody_awaits_ends_the_run_and_so_does_a_run_that_never_ends()
    {
        var lost = Assert.Throws<SimulationException>(() =>
        {
            var world = new SimulationWorld(5);
            world.Run(async () =>
            {
                world.Start(() => Task.FromException(new TimeoutException("lost")));
                await world.Delay(TimeSpan.FromSeconds(1));
            });
        });
        var endless = Assert.Throws<SimulationException>(() =>
        {
            var world = new SimulationWorld(6);
            world.Run(
                async () =>
                {
                    while (true)
                        await world.Delay(TimeSpan.FromSeconds(1));
                },
                maxStepsCount: 100);
        });

        Assert.IsType<TimeoutException>(lost.InnerException);
        Assert.Contains("round in circles", endless.Message, StringComparison.Ordinal);
    }

    private static ITimer Set(VirtualTime time, List<string> fired, string name, int seconds) => time.CreateTimer(
        _ => fired.Add($"{name} at {time.Elapsed.TotalSeconds}"),
        null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private static string Order(int seed)
    {
        var world = new SimulationWorld(seed);
        var order = "";
        world.Run(async () =>
        {
            foreach (var name in "abcd")
                world.Start(() => Task.FromResult(order += name));
            await world.Delay(TimeSpan.FromSeconds(1));
        });
        return order;
    }
}
