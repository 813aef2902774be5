using System.IO.Hashing;
using Tributary.Measures;

namespace Tributary.Grains.Tests.Measures;

public sealed class DistinctMeasureTests
{
    [Fact]
    public void Up_to_256_values_the_count_is_exact()
    {
        var measure = Of(Enumerable.Range(0, 256));
        Assert.Equal(256, measure.Estimate);
        Assert.Null(measure.Registers);
    }

    [Theory]
    [InlineData(257)]
    [InlineData(1_000)]
    [InlineData(5_000)]
    [InlineData(20_000)]
    [InlineData(200_000)]
    public void The_estimate_is_within_three_standard_errors(int count)
    {
        var measure = Of(Enumerable.Range(0, count));
        Assert.InRange(measure.Estimate, count * (1 - 3 * 0.01625), count * (1 + 3 * 0.01625));
    }

    [Fact]
    public void The_error_over_many_sets_is_the_stated_one()
    {
        const int count = 10_000;
        var squares = Enumerable.Range(0, 60)
            .Select(set => Of(Enumerable.Range(set * count, count)).Estimate / (double)count - 1)
            .Sum(error => error * error);
        // The root mean square of 60 errors lies within 1.3 times the standard error, but for one case in a thousand.
        Assert.InRange(Math.Sqrt(squares / 60), 0.008, 0.0163 * 1.3);
    }

    [Fact]
    public void Values_seen_again_change_nothing()
    {
        var once = Of(Enumerable.Range(0, 2_000));
        var twice = Of(Enumerable.Range(0, 2_000).Concat(Enumerable.Range(0, 2_000).Reverse()));
        Assert.Equal(once.Registers, twice.Registers);
    }

    [Fact]
    public void A_fork_does_not_touch_its_original()
    {
        var original = Of(Enumerable.Range(0, 300));
        var before = original.Registers;
        original.Fork().Absorb(Of(Enumerable.Range(1000, 300)));
        Assert.Equal(before, original.Registers);
    }

    [Fact]
    public void Registers_of_the_wrong_size_are_refused() =>
        Assert.Throws<FormatException>(() => new DistinctMeasure(null, new byte[7]));

    private static DistinctMeasure Of(IEnumerable<int> values)
    {
        var measure = (DistinctMeasure)DistinctMeasure.Empty.Fork();
        foreach (var value in values)
            measure.Absorb(DistinctMeasure.Of(XxHash64.HashToUInt64(BitConverter.GetBytes(value))));
        return measure;
    }
}
