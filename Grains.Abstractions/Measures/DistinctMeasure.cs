using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Tributary.Measures;

/// <summary>
/// The number of distinct values. Up to <see cref="MaxHashesCount"/> values it holds their hashes and is exact; above,
/// it holds the registers of a <see cref="HyperLogLog"/>. The form depends on the set of values alone.
/// </summary>
public sealed class DistinctMeasure : Measure
{
    /// <summary>Most hashes before the registers take over.</summary>
    public const int MaxHashesCount = 256;

    private ulong[] sparse;
    private byte[]? dense;

    /// <param name="hashes">
    /// The sorted hashes, 8 bytes each, little-endian; null when there are none or registers.
    /// </param>
    /// <param name="registers">The packed registers, or null.</param>
    [JsonConstructor]
    public DistinctMeasure(byte[]? hashes, byte[]? registers, long skipped = 0)
        : base(skipped)
    {
        sparse = [];
        if (registers is not null)
            dense = HyperLogLog.Unpack(registers);
        else if (hashes is not null)
            sparse = ReadHashes(hashes);
    }

    private DistinctMeasure(ulong[] sparse, byte[]? dense, long skipped)
        : base(skipped)
    {
        this.sparse = sparse;
        this.dense = dense;
    }

    public static DistinctMeasure Empty { get; } = new(Array.Empty<ulong>(), null, 0);

    public static DistinctMeasure OneSkipped { get; } = new(Array.Empty<ulong>(), null, 1);

    public byte[]? Hashes => sparse.Length == 0 ? null : WriteHashes(sparse);

    public byte[]? Registers => dense is null ? null : HyperLogLog.Pack(dense);

    /// <summary>Exact up to <see cref="MaxHashesCount"/>, then an estimate with a standard error of 1.6 %.</summary>
    [JsonIgnore]
    public long Estimate => dense is null ? sparse.Length : (long)Math.Round(HyperLogLog.Estimate(dense));

    /// <summary>The measure of one value, given its 64-bit hash.</summary>
    public static DistinctMeasure Of(ulong hash) => new([hash], null, 0);

    private protected override Measure Copy() =>
        // The array of hashes is replaced and never changed, so copies share it; registers change in place.
        new DistinctMeasure(sparse, dense is null ? null : (byte[])dense.Clone(), Skipped);

    private protected override void Merge(Measure other)
    {
        if (other is not DistinctMeasure added)
            throw Mismatch(other);
        if (dense is null && added.dense is null)
        {
            var union = Union(sparse, added.sparse);
            if (union.Length <= MaxHashesCount)
            {
                sparse = union;
                return;
            }
        }

        dense ??= new byte[HyperLogLog.RegistersCount];
        foreach (var hash in sparse)
            HyperLogLog.Add(dense, hash);
        sparse = [];
        foreach (var hash in added.sparse)
            HyperLogLog.Add(dense, hash);
        if (added.dense is not null)
            HyperLogLog.Union(dense, added.dense);
    }

    private static ulong[] Union(ulong[] left, ulong[] right)
    {
        if (right.Length == 1 && Array.BinarySearch(left, right[0]) >= 0)
            return left;

        var union = new ulong[left.Length + right.Length];
        int count = 0, i = 0, j = 0;
        while (i < left.Length || j < right.Length)
        {
            var takeLeft = j == right.Length || (i < left.Length && left[i] <= right[j]);
            if (takeLeft && j < right.Length && left[i] == right[j])
                j++;
            union[count++] = takeLeft ? left[i++] : right[j++];
        }

        return count == union.Length ? union : union[..count];
    }

    private static byte[] WriteHashes(ulong[] hashes)
    {
        var bytes = new byte[hashes.Length * sizeof(ulong)];
        for (var i = 0; i < hashes.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), hashes[i]);
        return bytes;
    }

    private static ulong[] ReadHashes(byte[] bytes)
    {
        if (bytes.Length % sizeof(ulong) != 0)
            throw new FormatException(
                $"A distinct measure has {bytes.Length} bytes of hashes; allowed: multiples of {sizeof(ulong)}.");

        var hashes = MemoryMarshal.Cast<byte, ulong>(bytes).ToArray();
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(hashes, hashes);
        return hashes;
    }
}
