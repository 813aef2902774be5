using Tributary.Connectors.Brokers;
using Tributary.TestingHost.Simulation;

namespace Tributary.Connectors.Tests.Brokers;

public sealed class DeliveryLineTests
{
    [Fact]
    public async Task Each_delivery_is_held_back_for_its_delay_and_the_order_stays()
    {
        var time = new VirtualTime();
        var line = new DeliveryLine<string>(10, TimeSpan.FromSeconds(5), time);
        var handedOver = new List<(string, double)>();
        line.TryAdd("a");
        line.TryAdd("b");

        var running = line.RunAsync(
            delivery => handedOver.Add((delivery, time.Elapsed.TotalSeconds)), TestContext.Current.CancellationToken);
        Assert.Empty(handedOver);
        Assert.True(time.TryAdvance());
        line.Complete();
        await running;

        // They wait beside each other, not one after the other.
        Assert.Equal([("a", 5.0), ("b", 5.0)], handedOver);
        Assert.False(time.TryAdvance());
    }

    [Fact]
    public async Task What_waits_at_a_stop_is_left()
    {
        var line = new DeliveryLine<string>(10, TimeSpan.FromSeconds(5), new VirtualTime());
        using var stop = new CancellationTokenSource();
        line.TryAdd("a");

        var running = line.RunAsync(_ => Assert.Fail("handed over"), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void A_full_line_takes_no_more()
    {
        var line = new DeliveryLine<string>(1, TimeSpan.Zero, new VirtualTime());

        Assert.True(line.TryAdd("a"));
        Assert.False(line.TryAdd("b"));
    }
}
