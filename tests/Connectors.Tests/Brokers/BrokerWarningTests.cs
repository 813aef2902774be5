using Tributary.Connectors.Brokers;
using Tributary.TestingHost.Simulation;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>What brokers tell the operator, how often, and how long they wait.</summary>
public sealed class BrokerWarningTests
{
    private readonly List<string> warnings = [];

    [Fact]
    public void A_reason_is_told_once_and_again_after_a_connection()
    {
        var health = new BrokerHealth("b", warnings.Add);
        health.Lost("refused");
        health.Lost("refused");
        health.Lost("closed");
        health.Connected();
        health.Connected();
        health.Lost("closed");

        string[] told = ["refused.", "closed.", "again", "closed."];
        Assert.Equal(told.Length, warnings.Count);
        Assert.All(told.Zip(warnings), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.Equal((false, "closed."), (health.Status.IsConnected, health.Status.LastError));
    }

    [Fact]
    public void A_warning_that_is_due_often_is_said_once_per_interval_with_how_often_it_was_not()
    {
        var time = new VirtualTime();
        var warning = new RepeatedWarning(warnings.Add, time);
        for (var i = 0; i < 3; i++)
            warning.Say("full");
        Pass(time, TimeSpan.FromSeconds(10));
        warning.Say("full");
        Pass(time, TimeSpan.FromSeconds(10));
        warning.Say("full");

        Assert.Equal(["full", "full (2 more like this since the last warning.)", "full"], warnings);
    }

    [Fact]
    public void A_delay_doubles_to_its_ceiling_and_is_cut_by_at_most_half()
    {
        var backoff = new BrokerBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        for (var round = 0; round < 50; round++)
        {
            foreach (var whole in (double[])[1, 2, 4, 5, 5])
                Assert.InRange(backoff.Next().TotalSeconds, whole / 2, whole);
            backoff.Reset();
        }
    }

    private static void Pass(VirtualTime time, TimeSpan by)
    {
        using var timer = time.CreateTimer(static _ => { }, null, by, Timeout.InfiniteTimeSpan);
        Assert.True(time.TryAdvance());
    }
}
