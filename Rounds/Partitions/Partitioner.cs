using System.IO.Hashing;
using System.Text;

namespace Tributary.Rounds.Partitions;

/// <summary>
/// Which partition a grain belongs to: XxHash64, with seed 0, of the UTF-8 of <c>type/key</c>, modulo the number of
/// partitions.
/// </summary>
public sealed class Partitioner(int partitionCount)
{
    public int PartitionCount { get; } = partitionCount;

    public PartitionId Of(RoundGrainId grain)
    {
        var length = grain.Type.Length + 1 + grain.Key.Length;
        Span<byte> buffer = length <= 256 ? stackalloc byte[768] : new byte[length * 3];
        var written = Encoding.UTF8.GetBytes(grain.Type, buffer);
        buffer[written++] = (byte)'/';
        written += Encoding.UTF8.GetBytes(grain.Key, buffer[written..]);
        return new PartitionId((int)(XxHash64.HashToUInt64(buffer[..written]) % (ulong)PartitionCount));
    }
}
