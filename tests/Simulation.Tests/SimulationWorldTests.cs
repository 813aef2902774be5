using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests;

public sealed class SimulationWorldTests
{
    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var first = new Scenarios.Scenario(7);
        var second = new Scenarios.Scenario(7);
        first.Run();
        second.Run();

        Assert.Equal(first.World.StepCount, second.World.StepCount);
        Assert.Equal(first.World.Time.Elapsed, second.World.Time.Elapsed);
        Assert.Equal(first.Promises.Acknowledgements, second.Promises.Acknowledgements);
    }

    [Fact]
    public void Time_moves_only_when_nothing_can_run()
    {
        var world = new SimulationWorld(1);
        var order = new List<string>();
        world.Run(async () =>
        {
            var late = world.Delay(TimeSpan.FromDays(1));
            await world.Delay(TimeSpan.FromSeconds(1));
            order.Add("second");
            await late;
            order.Add("day");
        });

        Assert.Equal(["second", "day"], order);
        Assert.Equal(TimeSpan.FromDays(1), world.Time.Elapsed);
    }

    [Fact]
    public void Work_that_leaves_the_world_for_another_thread_ends_the_run()
    {
        var world = new SimulationWorld(1);
        var error = Assert.Throws<SimulationException>(() => world.Run(() =>
        {
            var other = new Thread(() => world.Post(static _ => { }, null));
            other.Start();
            other.Join();
            return world.Delay(TimeSpan.FromSeconds(1));
        }));

        Assert.Contains("another thread", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_waits_for_nothing_fails_with_its_seed()
    {
        var error = Assert.Throws<SimulationException>(() =>
            new SimulationWorld(42).Run(() => new TaskCompletionSource().Task));

        Assert.Equal(42, error.Seed);
        Assert.Contains("forgotten", error.Message, StringComparison.Ordinal);
    }
}
