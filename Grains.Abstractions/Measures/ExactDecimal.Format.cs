using System.Globalization;
using System.Numerics;

namespace Tributary.Measures;

public readonly partial struct ExactDecimal
{
    private const int PlainFromExponent = -20;
    private const int PlainBelowExponent = 40;

    /// <summary>
    /// The one text of this value: a JSON number without trailing zeros, plain from 1e-20 to below 1e40 and in
    /// scientific notation (<c>1.5e60</c>) beyond; zero has no sign.
    /// </summary>
    public override string ToString()
    {
        if (Sign == 0)
            return "0";
        if (large is null && scale == 0 && small >= long.MinValue && small <= long.MaxValue)
            return ((long)small).ToString(CultureInfo.InvariantCulture);

        var digits = large is null
            ? Int128.Abs(small).ToString(CultureInfo.InvariantCulture)
            : BigInteger.Abs(large.Value).ToString(CultureInfo.InvariantCulture);
        var trimmed = digits.TrimEnd('0');
        var places = scale - (digits.Length - trimmed.Length);
        var sign = Sign < 0 ? "-" : "";
        var exponent = trimmed.Length - 1 - places;
        if (exponent is < PlainFromExponent or >= PlainBelowExponent)
        {
            var fraction = trimmed.Length > 1 ? "." + trimmed[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{trimmed[0]}{fraction}e{exponent}");
        }

        if (places <= 0)
            return sign + trimmed + new string('0', -places);
        return exponent < 0
            ? sign + "0." + new string('0', places - trimmed.Length) + trimmed
            : sign + trimmed[..^places] + "." + trimmed[^places..];
    }

    /// <summary>The nearest double.</summary>
    public double ToDouble() => double.Parse(ToString(), CultureInfo.InvariantCulture);

    /// <summary>
    /// The largest integer not above value × 10^<paramref name="digits"/>, or null when it does not fit 64 bits.
    /// </summary>
    public long? FloorToInt64(int digits)
    {
        var places = scale - digits;
        BigInteger floor;
        if (places <= 0)
        {
            floor = Unscaled * BigInteger.Pow(10, -places);
        }
        else
        {
            floor = BigInteger.DivRem(Unscaled, BigInteger.Pow(10, places), out var rest);
            if (rest.Sign < 0)
                floor -= 1;
        }

        return floor >= long.MinValue && floor <= long.MaxValue ? (long)floor : null;
    }

    /// <summary>
    /// This value divided by <paramref name="divisor"/> (positive), rounded to <paramref name="digits"/> significant
    /// digits, halves to even.
    /// </summary>
    public ExactDecimal Divide(long divisor, int digits)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(divisor);
        if (Sign == 0)
            return Zero;

        var numerator = BigInteger.Abs(Unscaled);
        var limit = BigInteger.Pow(10, digits);
        var shift = digits - DigitsOf(numerator) + DigitsOf(divisor);
        var (quotient, rest, by) = DivideShifted(numerator, divisor, shift);
        if (quotient >= limit)
            (quotient, rest, by) = DivideShifted(numerator, divisor, --shift);

        var half = (rest * 2).CompareTo(by);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient += 1;
        return new ExactDecimal(Sign < 0 ? -quotient : quotient, scale + shift);
    }

    private static (BigInteger Quotient, BigInteger Left, BigInteger By) DivideShifted(
        BigInteger numerator, BigInteger divisor, int shift)
    {
        if (shift >= 0)
            numerator *= BigInteger.Pow(10, shift);
        else
            divisor *= BigInteger.Pow(10, -shift);
        var quotient = BigInteger.DivRem(numerator, divisor, out var rest);
        return (quotient, rest, divisor);
    }

    private static int DigitsOf(BigInteger value) => value.ToString(CultureInfo.InvariantCulture).Length;
}
