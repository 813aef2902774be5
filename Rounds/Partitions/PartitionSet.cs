namespace Tributary.Rounds.Partitions;

/// <summary>A set of partitions, a bit for each.</summary>
internal sealed class PartitionSet
{
    private const int WordBits = 64;

    private ulong[] words = [];

    public bool Contains(PartitionId partition)
    {
        var word = partition.Value / WordBits;
        return word < words.Length && (words[word] & Bit(partition)) != 0;
    }

    public void Add(PartitionId partition)
    {
        var word = partition.Value / WordBits;
        if (word >= words.Length)
            Array.Resize(ref words, word + 1);
        words[word] |= Bit(partition);
    }

    /// <summary>Adds the partitions in their order to a list.</summary>
    public void CopyTo(List<PartitionId> list)
    {
        for (var word = 0; word < words.Length; word++)
        {
            for (var left = words[word]; left != 0; left &= left - 1)
                list.Add(new PartitionId((word * WordBits) + System.Numerics.BitOperations.TrailingZeroCount(left)));
        }
    }

    private static ulong Bit(PartitionId partition) => 1UL << (partition.Value % WordBits);
}
