using Tributary.Measures;

namespace Tributary.Grains.Tests.Measures;

public sealed class QuantilesMeasureTests
{
    private static readonly double[] Shown = [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1000)]
    [InlineData(1e-12, 0.37)]
    [InlineData(1e15, 7)]
    public void Every_quantile_is_within_one_percent(double scale, double step)
    {
        var random = new Random(20180131);
        var values = Enumerable
            .Range(0, 5_000)
            .Select(_ => scale * Math.Pow(step, random.NextDouble()) * (random.NextDouble() - 0.3))
            .ToArray();
        var measure = Of(values);
        Array.Sort(values);
        foreach (var quantile in Shown)
        {
            var exact = values[(int)Math.Floor(quantile * (values.Length - 1))];
            Assert.InRange(
                Math.Abs(measure.Quantile(quantile)!.Value - exact), 0, Math.Abs(exact) * 0.01000001 + 1e-15);
        }
    }

    [Fact]
    public void Every_bucket_stands_for_its_numbers_to_one_percent()
    {
        for (var value = 1e-15; value < 1e18; value *= 1.0037)
        {
            var shown = Of(value).Quantile(0.5)!.Value;
            Assert.InRange(shown / value, 0.98999999, 1.01000001);
        }
    }

    [Fact]
    public void Numbers_near_zero_count_as_zero_and_huge_ones_as_the_largest()
    {
        var measure = Of(1e-16, -1e-16, 0, 1e30);
        Assert.Equal(3, measure.Zero);
        Assert.InRange(measure.Quantile(1)!.Value, 0.99e18, 1.01e18);
    }

    [Fact]
    public void Without_numbers_there_is_no_quantile() => Assert.Null(QuantilesMeasure.Empty.Quantile(0.5));

    [Fact]
    public void A_fork_does_not_touch_its_original()
    {
        var original = Of(1, 2, -3);
        var before = (original.Positive, original.Negative);
        original.Fork().Absorb(Of(2, 5, -3, -8));
        Assert.Equal(before.Positive, original.Positive);
        Assert.Equal(before.Negative, original.Negative);
    }

    [Fact]
    public void Buckets_beyond_the_range_are_refused() =>
        Assert.Throws<FormatException>(() => new QuantilesMeasure(0, [0xFE, 0xFF, 0x7F, 1], null));

    private static QuantilesMeasure Of(params double[] values)
    {
        var measure = (QuantilesMeasure)QuantilesMeasure.Empty.Fork();
        foreach (var value in values)
            measure.Absorb(QuantilesMeasure.Of(value));
        return measure;
    }
}
