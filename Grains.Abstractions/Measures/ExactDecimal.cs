using System.Numerics;
using System.Text.Json.Serialization;

namespace Tributary.Measures;

/// <summary>
/// A decimal number that is exact to the digit: unscaled × 10^-scale. Adding never rounds, so a sum does not depend on
/// order. Numbers enter through <see cref="TryParse"/>, which bounds their size.
/// </summary>
[JsonConverter(typeof(ExactDecimalConverter))]
public readonly partial struct ExactDecimal : IEquatable<ExactDecimal>, IComparable<ExactDecimal>
{
    /// <summary>The most significant digits that a number from outside may have.</summary>
    public const int MaxDigitsCount = 60;

    /// <summary>The largest absolute exponent, in scientific notation, that a number from outside may have.</summary>
    public const int MaxExponent = 60;

    private readonly Int128 small;
    private readonly Large? large;
    private readonly int scale;

    private ExactDecimal(Int128 small, int scale)
    {
        this.small = small;
        this.scale = scale;
    }

    private ExactDecimal(BigInteger value, int scale)
    {
        this.scale = scale;
        if (value >= MinSmall && value <= MaxSmall)
            small = (Int128)value;
        else
            large = new Large(value);
    }

    public static ExactDecimal Zero => default;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => large is null ? Int128.Sign(small) : large.Value.Sign;

    private BigInteger Unscaled => large?.Value ?? small;

    public static implicit operator ExactDecimal(long value) => new((Int128)value, 0);

    public static ExactDecimal operator +(in ExactDecimal left, in ExactDecimal right)
    {
        if (!TryAlign(left, right, out var a, out var b, out var common))
            return AddLarge(left, right);

        var sum = unchecked(a + b);
        var overflowed = Int128.IsNegative((a ^ sum) & (b ^ sum));
        return overflowed ? AddLarge(left, right) : new ExactDecimal(sum, common);
    }

    public static ExactDecimal Add(ExactDecimal left, ExactDecimal right) => left + right;

    /// <summary>The largest multiple of <paramref name="step"/>, which is positive, not above this number.</summary>
    public ExactDecimal FloorTo(in ExactDecimal step)
    {
        var (value, unit, common) = AlignLarge(this, step);
        var count = BigInteger.DivRem(value, unit, out var rest);
        return new ExactDecimal((rest.Sign < 0 ? count - 1 : count) * unit, common);
    }

    public int CompareTo(ExactDecimal other)
    {
        if (TryAlign(this, other, out var a, out var b, out _))
            return a.CompareTo(b);

        var (largeA, largeB, _) = AlignLarge(this, other);
        return largeA.CompareTo(largeB);
    }

    public bool Equals(ExactDecimal other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is ExactDecimal other && Equals(other);

    // Equal values may be held at different scales, but they have the same text.
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public static bool operator ==(ExactDecimal left, ExactDecimal right) => left.Equals(right);
    public static bool operator !=(ExactDecimal left, ExactDecimal right) => !left.Equals(right);
    public static bool operator <(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) < 0;
    public static bool operator >(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) > 0;
    public static bool operator <=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) >= 0;

    /// <summary>Brings both numbers to one scale within 128 bits; false when that may not be possible.</summary>
    private static bool TryAlign(
        in ExactDecimal left, in ExactDecimal right, out Int128 a, out Int128 b, out int common)
    {
        (a, b, common) = (left.small, right.small, left.scale);
        if (left.large is not null || right.large is not null)
            return false;
        if (left.scale == right.scale)
            return true;
        if (left.scale < right.scale)
        {
            common = right.scale;
            return TryShift(ref a, right.scale - left.scale);
        }

        return TryShift(ref b, left.scale - right.scale);
    }

    private static bool TryShift(ref Int128 value, int digits)
    {
        // 2^63 × 10^18 < 2^123: the product cannot overflow. The caller that adds checks the sum for overflow.
        if (digits >= Powers.Length || value > long.MaxValue || value < long.MinValue)
            return value == Int128.Zero;

        value *= Powers[digits];
        return true;
    }

    private static ExactDecimal AddLarge(in ExactDecimal left, in ExactDecimal right)
    {
        var (a, b, common) = AlignLarge(left, right);
        return new ExactDecimal(a + b, common);
    }

    private static (BigInteger A, BigInteger B, int Scale) AlignLarge(in ExactDecimal left, in ExactDecimal right)
    {
        var common = Math.Max(left.scale, right.scale);
        return (
            left.Unscaled * BigInteger.Pow(10, common - left.scale),
            right.Unscaled * BigInteger.Pow(10, common - right.scale),
            common);
    }

    private static readonly BigInteger MinSmall = Int128.MinValue;
    private static readonly BigInteger MaxSmall = Int128.MaxValue;

    private static readonly long[] Powers =
    [
        1,
        10,
        100,
        1_000,
        10_000,
        100_000,
        1_000_000,
        10_000_000,
        100_000_000,
        1_000_000_000,
        10_000_000_000,
        100_000_000_000,
        1_000_000_000_000,
        10_000_000_000_000,
        100_000_000_000_000,
        1_000_000_000_000_000,
        10_000_000_000_000_000,
        100_000_000_000_000_000,
        1_000_000_000_000_000_000,
    ];

    /// <summary>A value beyond 128 bits.</summary>
    private sealed class Large(BigInteger value)
    {
        public BigInteger Value { get; } = value;
    }
}
