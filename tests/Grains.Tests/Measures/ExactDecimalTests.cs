using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tributary.Measures;

namespace Tributary.Grains.Tests.Measures;

public sealed class ExactDecimalTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-0.000e99999999999", "0")]
    [InlineData("1", "1")]
    [InlineData("1.0", "1")]
    [InlineData("100e-2", "1")]
    [InlineData("-12.50", "-12.5")]
    [InlineData("0.31", "0.31")]
    [InlineData("12e3", "12000")]
    [InlineData("1E+2", "100")]
    [InlineData("0.1e-5", "0.000001")]
    [InlineData("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789")]
    [InlineData("99999999999999999999999999999999999999", "99999999999999999999999999999999999999")]
    [InlineData("170141183460469231731687303715884105728", "170141183460469231731687303715884105728")]
    [InlineData("1e60", "1e60")]
    [InlineData("1.5e-60", "1.5e-60")]
    [InlineData("-1e40", "-1e40")]
    [InlineData("1e39", "1000000000000000000000000000000000000000")]
    [InlineData("1e-20", "0.00000000000000000001")]
    public void A_number_has_one_text(string token, string text)
    {
        var number = Parse(token);
        Assert.Equal(text, number.ToString());
        Assert.Equal(number, JsonSerializer.Deserialize<ExactDecimal>(text));
    }

    [Theory]
    [InlineData("1e61")]
    [InlineData("1e-61")]
    [InlineData("-1e99999999999999999999")]
    [InlineData("0.00000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901")]
    public void A_number_beyond_the_bounds_is_not_read(string token) =>
        Assert.False(ExactDecimal.TryParse(Encoding.ASCII.GetBytes(token), out _));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("+1")]
    [InlineData("1x")]
    [InlineData("NaN")]
    [InlineData("1 ")]
    public void What_is_not_a_number_is_not_read(string token) =>
        Assert.False(ExactDecimal.TryParse(Encoding.ASCII.GetBytes(token), out _));

    [Fact]
    public void Sixty_digits_and_zeros_around_them_are_within_the_bounds()
    {
        var digits = string.Concat(Enumerable.Repeat("1234567891", 6));
        Assert.Equal("1." + digits[1..], Parse("000"[..0] + "1." + digits[1..] + "000000").ToString());
        Assert.Equal(Parse("1e60"), Parse("1" + new string('0', 60)));
        Assert.Equal(Parse("1"), Parse("1" + new string('0', 1000) + "e-1000"));
    }

    [Fact]
    public void A_sum_of_the_largest_and_the_smallest_is_exact()
    {
        var sum = Parse("1e60") + Parse("1e-60");
        Assert.Equal("1." + new string('0', 119) + "1e60", sum.ToString());
        Assert.Equal("1e-60", (sum + Parse("-1e60")).ToString());
    }

    [Fact]
    public void Overflowing_128_bits_changes_nothing_but_the_representation()
    {
        var sum = ExactDecimal.Zero;
        for (var i = 0; i < 10; i++)
            sum += Parse("170141183460469231731687303715884105727");
        Assert.Equal("1701411834604692317316873037158841057270", sum.ToString());
        for (var i = 0; i < 9; i++)
            sum += Parse("-170141183460469231731687303715884105727");
        Assert.Equal(Parse("170141183460469231731687303715884105727"), sum);
    }

    [Fact]
    public void Numbers_of_any_two_scales_add_and_compare_exactly()
    {
        const int MaxScale = 45;
        string[] mantissas =
            ["1", "-3", "9223372036854775807", "-9223372036854775809", "99999999999999999999999999999999999999"];
        foreach (var (first, second) in mantissas.SelectMany(first => mantissas.Select(second => (first, second))))
        {
            for (var scale = 0; scale <= MaxScale; scale++)
            {
                var (left, right) = (Parse($"{first}e-{scale}"), Parse(second));
                var exact = BigInteger.Parse(first, CultureInfo.InvariantCulture)
                    + (BigInteger.Parse(second, CultureInfo.InvariantCulture) * BigInteger.Pow(10, scale));
                var sum = JsonSerializer.Deserialize<ExactDecimal>(
                    $"{exact.ToString(CultureInfo.InvariantCulture)}e-{scale}");
                Assert.Equal(sum.ToString(), (left + right).ToString());
                Assert.Equal(sum.ToString(), (right + left).ToString());
                Assert.Equal(left.CompareTo(right), -right.CompareTo(left));
                var difference = BigInteger.Parse(first, CultureInfo.InvariantCulture)
                    - (BigInteger.Parse(second, CultureInfo.InvariantCulture) * BigInteger.Pow(10, scale));
                Assert.Equal(difference.Sign, Math.Sign(left.CompareTo(right)));
            }
        }
    }

    [Fact]
    public void Sums_equal_those_of_integers_in_any_order() =>
        Prop.ForAll<(int Number, int Places)[], int>(
                (parts, seed) =>
                {
                    static int Scale(int places) => (int)((uint)places % 50);
                    var expected = BigInteger.Zero;
                    foreach (var (number, places) in parts)
                        expected += number * BigInteger.Pow(10, 50 - Scale(places));

                    var shuffled = parts.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    var sum = shuffled.Aggregate(ExactDecimal.Zero, (total, part) =>
                        total + Parse($"{part.Number}e-{Scale(part.Places)}"));
                    return sum
                        == JsonSerializer.Deserialize<ExactDecimal>(
                            expected.ToString(CultureInfo.InvariantCulture) + "e-50");
                })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_numbers_is_that_of_decimals() =>
        Prop.ForAll<decimal, decimal>(
                (left, right) =>
                    Math.Sign(Parse(Text(left)).CompareTo(Parse(Text(right)))) == Math.Sign(left.CompareTo(right)))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1", 3, 5, "0.33333")]
    [InlineData("2", 3, 5, "0.66667")]
    [InlineData("-2", 3, 5, "-0.66667")]
    [InlineData("0.5", 4, 2, "0.12")]
    [InlineData("1.5", 4, 2, "0.38")]
    [InlineData("999999", 1, 3, "1000000")]
    [InlineData("7", 7, 28, "1")]
    [InlineData("1e60", 8, 28, "1.25e59")]
    [InlineData("0", 9, 28, "0")]
    [InlineData("25", 2, 1, "10")]
    public void A_quotient_is_rounded_to_digits_with_halves_to_even(
        string number, long divisor, int digits,
        string quotient) => Assert.Equal(quotient, Parse(number).Divide(divisor, digits).ToString());

    [Theory]
    [InlineData("1517363399.6509", 3, 1517363399650L)]
    [InlineData("-0.0001", 3, -1L)]
    [InlineData("-1", 3, -1000L)]
    [InlineData("12e2", 0, 1200L)]
    public void A_floor_is_never_above(string number, int digits, long floor) =>
        Assert.Equal(floor, Parse(number).FloorToInt64(digits));

    [Fact]
    public void A_floor_that_does_not_fit_is_null() => Assert.Null(Parse("1e60").FloorToInt64(3));

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    private static ExactDecimal Parse(string token)
    {
        Assert.True(ExactDecimal.TryParse(Encoding.ASCII.GetBytes(token), out var number), token);
        return number;
    }
}
