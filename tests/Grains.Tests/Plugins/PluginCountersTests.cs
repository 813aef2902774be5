using Tributary.Pipeline.Plugins;

namespace Tributary.Grains.Tests.Plugins;

public sealed class PluginCountersTests
{
    private readonly PluginTime time = new();

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(4, 2, 3)]
    [InlineData(101, 51, 100)]
    public void A_quantile_is_the_run_at_its_rank_rounded_down(int runsCount, int median, int last)
    {
        var counters = new PluginCounters(time);
        for (var seconds = runsCount; seconds > 0; seconds--)
            Run(counters, seconds);

        var counts = counters.Read();

        Assert.Equal(
            (runsCount, TimeSpan.FromSeconds(median), TimeSpan.FromSeconds(last)),
            (counts.Runs, counts.RecentP50, counts.RecentP99));
    }

    [Fact]
    public void The_last_runs_alone_are_in_the_quantiles()
    {
        const int RecentCount = 512;
        var counters = new PluginCounters(time);
        for (var i = 0; i < RecentCount; i++)
            Run(counters, 100);
        for (var i = 0; i < RecentCount; i++)
            Run(counters, 1);

        Assert.Equal(
            (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), (counters.Read().RecentP50, counters.Read().RecentP99));
    }

    private void Run(PluginCounters counters, int seconds)
    {
        var began = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(seconds));
        counters.Count(began, isFailure: false, isTimeout: false);
    }
}
