using System.Runtime.InteropServices;
using Orleans.Concurrency;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>A row of deferred calls on its way to the owner of its partition, as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("tributary.hinted-row")]
internal sealed record HintedRow(
    long Sequence, PartitionId Partition, RoundGrainId Target, string Method, byte[] Arguments, long Origin)
{
    public static HintedRow Of(DeferredCall row) => new(
        row.Sequence, row.Partition, row.Target, row.Method, BytesOf(row.Arguments), row.Origin);

    public DeferredCall ToCall() => new(Sequence, Partition, Target, Method, Arguments) { Origin = Origin };

    // Orleans' codec of ReadOnlyMemory writes a header for each byte.
    private static byte[] BytesOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) && array.Offset == 0 && array.Count == array.Array!.Length
            ? array.Array : bytes.ToArray();
}
