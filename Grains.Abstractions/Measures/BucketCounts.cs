namespace Tributary.Measures;

/// <summary>
/// Counts per bucket, over the range of buckets in use. <see cref="LogBuckets"/> bounds the range, so no buckets are
/// ever merged and the result does not depend on order.
/// </summary>
internal sealed class BucketCounts
{
    private int first;
    private long[] counts;

    private BucketCounts(int first, long[] counts)
    {
        this.first = first;
        this.counts = counts;
    }

    public static BucketCounts Of(int index) => new(index, [1]);

    public long Total { get; private set; } = 1;

    public BucketCounts Copy() => new(first, (long[])counts.Clone()) { Total = Total };

    public void Absorb(BucketCounts other)
    {
        Cover(other.first, other.first + other.counts.Length);
        for (var i = 0; i < other.counts.Length; i++)
            counts[other.first + i - first] += other.counts[i];
        Total += other.Total;
    }

    /// <summary>The bucket of the value at this rank (from 0), counted from the lowest bucket.</summary>
    public int IndexAt(long rank)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            rank -= counts[i];
            if (rank < 0)
                return first + i;
        }

        throw new ArgumentOutOfRangeException(nameof(rank), "The rank lies beyond the last value.");
    }

    /// <summary>
    /// Writes, for each bucket in use, the distance to the previous one (for the first: its index), then its count.
    /// </summary>
    public byte[] Write()
    {
        var bytes = new List<byte>(counts.Length * 2);
        var last = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
                continue;

            Varint.WriteSigned(bytes, first + i - last);
            Varint.Write(bytes, (ulong)counts[i]);
            last = first + i;
        }

        return [.. bytes];
    }

    public static BucketCounts Read(ReadOnlySpan<byte> bytes)
    {
        BucketCounts? all = null;
        var index = 0;
        while (bytes.Length > 0)
        {
            index += (int)Varint.ReadSigned(ref bytes);
            var count = (long)Varint.Read(ref bytes);
            if (index < LogBuckets.MinIndex || index > LogBuckets.MaxIndex || count <= 0)
                throw new FormatException(
                    $"A quantile measure has bucket {index} with count {count}; allowed: buckets {LogBuckets.MinIndex} "
                    + $"to {LogBuckets.MaxIndex}.");

            var one = new BucketCounts(index, [count]) { Total = count };
            if (all is null)
                all = one;
            else
                all.Absorb(one);
        }

        return all ?? throw new FormatException("A quantile measure has an empty list of buckets.");
    }

    private void Cover(int from, int to)
    {
        var end = first + counts.Length;
        if (from >= first && to <= end)
            return;

        var newFirst = Math.Min(first, from);
        var wider = new long[Math.Max(end, to) - newFirst];
        counts.CopyTo(wider, first - newFirst);
        (first, counts) = (newFirst, wider);
    }
}
