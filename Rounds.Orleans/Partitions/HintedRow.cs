using System.Runtime.InteropServices;
using Orleans.Concurrency;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>A row of deferred calls on its way to the owner of its partition, as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("tributary.hinted-row")]
internal sealed record HintedRow(
    long Sequence, RoundGrainId Target, string Method, byte[] Arguments, long Origin)
{
    // A message of Orleans that is much larger holds up the others of its connection.
    private const int MaxHintBytes = 4 << 20;

    /// <summary>The rows by partition, in order. What goes beyond a limit stays for the owner's next look.</summary>
    public static IEnumerable<(PartitionId Partition, HintedRow[] Rows)> ByPartition(IReadOnlyList<DeferredCall> rows)
    {
        foreach (var group in rows.GroupBy(static row => row.Partition))
        {
            var bytes = 0L;
            yield return (group.Key, [.. group
                .TakeWhile(row => (bytes += row.Arguments.Length) <= MaxHintBytes).Select(Of)]);
        }
    }

    public DeferredCall ToCall(PartitionId partition) =>
        new(Sequence, partition, Target, Method, Arguments) { Origin = Origin };

    private static HintedRow Of(DeferredCall row) => new(
        row.Sequence, row.Target, row.Method, BytesOf(row.Arguments), row.Origin);

    // Orleans' codec of ReadOnlyMemory writes a header for each byte.
    private static byte[] BytesOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) && array.Offset == 0 && array.Count == array.Array!.Length
            ? array.Array : bytes.ToArray();
}
