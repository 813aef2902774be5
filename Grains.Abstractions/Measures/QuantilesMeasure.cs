using System.Text.Json.Serialization;

namespace Tributary.Measures;

/// <summary>
/// A DDSketch: quantiles of numbers with a relative error of at most 1 %. Numbers nearer to zero than 1e-15 count as
/// zero, numbers beyond 1e18 as 1e18; so the number of buckets is bounded, and merging is exact.
/// </summary>
public sealed class QuantilesMeasure : Measure
{
    private long zeros;
    private BucketCounts? above;
    private BucketCounts? below;

    /// <param name="zero">The number of numbers that counted as zero.</param>
    /// <param name="positive">The buckets of positive numbers (see <see cref="BucketCounts"/>), or null.</param>
    /// <param name="negative">The buckets of negative numbers by absolute value, or null.</param>
    [JsonConstructor]
    public QuantilesMeasure(long zero, byte[]? positive, byte[]? negative, long skipped = 0)
        : base(skipped)
    {
        zeros = zero;
        above = positive is null ? null : BucketCounts.Read(positive);
        below = negative is null ? null : BucketCounts.Read(negative);
    }

    private QuantilesMeasure(long zeros, BucketCounts? above, BucketCounts? below, long skipped)
        : base(skipped)
    {
        this.zeros = zeros;
        this.above = above;
        this.below = below;
    }

    public static QuantilesMeasure Empty { get; } = new(0, (BucketCounts?)null, null, 0);

    public static QuantilesMeasure OneSkipped { get; } = new(0, (BucketCounts?)null, null, 1);

    public long Zero => zeros;

    public byte[]? Positive => above?.Write();

    public byte[]? Negative => below?.Write();

    /// <summary>The number of numbers added.</summary>
    [JsonIgnore]
    public long Numbers => zeros + (above?.Total ?? 0) + (below?.Total ?? 0);

    public static QuantilesMeasure Of(double value)
    {
        var size = Math.Abs(value);
        if (size < LogBuckets.Least)
            return new(1, (BucketCounts?)null, null, 0);

        var bucket = BucketCounts.Of(LogBuckets.IndexOf(size));
        return value > 0 ? new(0, bucket, null, 0) : new(0, null, bucket, 0);
    }

    /// <summary>
    /// The number at rank ⌊q × (n - 1)⌋ of the n numbers in ascending order, to 1 %; null without numbers.
    /// </summary>
    /// <param name="quantile">From 0 to 1.</param>
    public double? Quantile(double quantile)
    {
        var numbers = Numbers;
        if (numbers == 0)
            return null;

        var rank = (long)Math.Floor(quantile * (numbers - 1));
        var negatives = below?.Total ?? 0;
        if (rank < negatives)
            // The lowest negative number has the largest absolute value.
            return -LogBuckets.ValueOf(below!.IndexAt(negatives - 1 - rank));

        rank -= negatives;
        return rank < zeros ? 0 : LogBuckets.ValueOf(above!.IndexAt(rank - zeros));
    }

    private protected override Measure Copy() => new QuantilesMeasure(zeros, above?.Copy(), below?.Copy(), Skipped);

    private protected override void Merge(Measure other)
    {
        if (other is not QuantilesMeasure added)
            throw Mismatch(other);

        zeros += added.zeros;
        above = Union(above, added.above);
        below = Union(below, added.below);
    }

    private static BucketCounts? Union(BucketCounts? own, BucketCounts? added)
    {
        if (added is null)
            return own;
        if (own is null)
            return added.Copy();

        own.Absorb(added);
        return own;
    }
}
