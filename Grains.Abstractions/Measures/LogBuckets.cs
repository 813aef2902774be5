namespace Tributary.Measures;

/// <summary>
/// Maps positive numbers to buckets whose bounds are at most a factor (1 + α) / (1 - α) apart, α = 1 %: DDSketch
/// (arXiv:1908.10693) with its cubic interpolation of the logarithm. It uses only additions, multiplications and the
/// bits of the double, so that every machine computes the same bucket.
/// </summary>
internal static class LogBuckets
{
    /// <summary>The largest relative error of <see cref="ValueOf"/>.</summary>
    public const double RelativeAccuracy = 0.01;

    /// <summary>Smaller numbers count as zero.</summary>
    public const double Least = 1e-15;

    /// <summary>Larger numbers count as this one.</summary>
    public const double Most = 1e18;

    private const double A = 6.0 / 35;
    private const double B = -3.0 / 5;
    private const double C = 10.0 / 7;

    // The interpolation grows by at least 10/7 per e-fold, so with this factor no bucket is wider than allowed. The
    // literal is ln((1 + 0.01) / (1 - 0.01)): a library's logarithm could differ between machines.
    private const double Multiplier = 7.0 / (10 * 0.020000666706669435);

    public static readonly int MinIndex = IndexOf(Least);
    public static readonly int MaxIndex = IndexOf(Most);

    /// <summary>The bucket of a number that is at least <see cref="Least"/>.</summary>
    public static int IndexOf(double value) => (int)Math.Floor(Logarithm(Math.Min(value, Most)) * Multiplier);

    /// <summary>The number within <see cref="RelativeAccuracy"/> of every number of the bucket.</summary>
    public static double ValueOf(int index)
    {
        var (low, high) = (Bound(index), Bound(index + 1));
        return 2 * low * high / (low + high);
    }

    private static double Logarithm(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var part = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFFL) | 0x3FF0000000000000L) - 1;
        return exponent + ((A * part + B) * part + C) * part;
    }

    /// <summary>The lower bound of a bucket: the inverse of <see cref="Logarithm"/>, by bisection.</summary>
    private static double Bound(int index)
    {
        var target = index / Multiplier;
        var exponent = Math.Floor(target);
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (exponent + ((A * middle + B) * middle + C) * middle < target)
                low = middle;
            else
                high = middle;
        }

        return Math.ScaleB(1 + high, (int)exponent);
    }
}
