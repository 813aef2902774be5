using System.Text;
using Tributary.Aggregates;
using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Contributions;

namespace Tributary.Grains.Tests.Contributions;

public sealed class WindowTests
{
    private const long DayMs = 86_400_000;

    // 2018-01-31T12:00:00Z
    private static readonly long ReceivedMs = FakeTurn.Start.ToUnixTimeMilliseconds();

    [Fact]
    public void By_arrival_the_window_is_that_of_the_time_of_acceptance() =>
        Assert.Equal(ReceivedMs - ReceivedMs % DayMs, WindowOf("""{"size":"1d","by":"arrival"}""", "{}"));

    [Theory]
    [InlineData("unix-ms", "1517363399650", 1517356800000L)]
    [InlineData("unix-ms", "1517363399650.9", 1517356800000L)]
    [InlineData("unix-ms", "1.517363399650e12", 1517356800000L)]
    [InlineData("unix-ms", "-1", -86400000L)]
    [InlineData("unix-ms", "0", 0L)]
    [InlineData("unix-s", "1517363399.65", 1517356800000L)]
    [InlineData("unix-s", "1517356800", 1517356800000L)]
    [InlineData("iso", "\"2018-01-31T01:49:59.650Z\"", 1517356800000L)]
    [InlineData("iso", "\"2018-01-31t00:00:00z\"", 1517356800000L)]
    [InlineData("iso", "\"2018-01-31 01:30:00.1234567891+01:30\"", 1517356800000L)]
    [InlineData("iso", "\"2018-01-31T01:29:59.999+01:30\"", 1517270400000L)]
    [InlineData("iso", "\"2018-01-30T23:59:60Z\"", 1517356800000L)]
    [InlineData("iso", "\"2018-01-30T22:00:00-02:00\"", 1517356800000L)]
    [InlineData("iso", "\"2018-01-31\"", 1517356800000L)]
    public void By_event_the_window_is_that_of_the_time_in_the_body(string format, string time, long startMs) =>
        Assert.Equal(startMs, WindowOf(Event(format), $$"""{"t":{{time}}}"""));

    [Theory]
    [InlineData("unix-ms", "\"1517363399650\"")]
    [InlineData("unix-ms", "null")]
    [InlineData("unix-ms", "-62135596800001")]
    [InlineData("unix-s", "-1e59")]
    [InlineData("unix-ms", "1e100")]
    [InlineData("iso", "1517363399650")]
    [InlineData("iso", "\"2018-02-30\"")]
    [InlineData("iso", "\"2018-01-31T01:49:59\"")]
    [InlineData("iso", "\"2018-01-31T24:00:00Z\"")]
    [InlineData("iso", "\"2018-01-31T01:49:59.Z\"")]
    [InlineData("iso", "\"2018-01-31T01:49:59+0100\"")]
    [InlineData("iso", "\"31.01.2018\"")]
    public void What_is_no_time_is_refused(string format, string time)
    {
        var calculator = Calculator(Event(format));
        Assert.Null(Calculations.One(calculator, $$"""{"t":{{time}}}"""));
        Assert.Equal(RefusalReason.EventTimeInvalid, Assert.Single(calculator.RefusalCounts).Reason);
    }

    [Fact]
    public void A_time_more_than_a_day_ahead_is_refused_and_nothing_else()
    {
        var calculator = Calculations.Calculator(
            Definition(Event("unix-ms")), """{"name":"b","measures":[{"name":"n","kind":"count"}]}""");
        var inTime = Encoding.UTF8.GetBytes($$"""{"t":{{ReceivedMs + DayMs}}}""");
        var ahead = Encoding.UTF8.GetBytes($$"""{"t":{{ReceivedMs + DayMs + 1}}}""");

        Assert.Equal([1, 2], calculator.Calculate("test", inTime, FakeTurn.Start).Select(one => one.Generation));
        Assert.Equal([2], calculator.Calculate("test", ahead, FakeTurn.Start).Select(one => one.Generation));
        Assert.Equal(
            new RefusalCount("a", 1, RefusalReason.EventTimeAhead, 1), Assert.Single(calculator.RefusalCounts));
    }

    private static string Event(string format) => $$"""{"size":"1d","by":"event","time":"/t","format":"{{format}}"}""";

    private static string Definition(string window) =>
        $$"""{"name":"a","measures":[{"name":"n","kind":"count"}],"window":{{window}}}""";

    private static ContributionCalculator Calculator(string window) => Calculations.Calculator(Definition(window));

    private static long WindowOf(string window, string body) =>
        AggregateKey.Parse(Calculations.One(Calculator(window), body)!.Value.Aggregate.Key).WindowStartMs;
}
