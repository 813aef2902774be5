namespace Tributary.Rounds.Partitions;

/// <summary>
/// The grain's partition is not in this silo, or is about to leave it. Nothing of the call has happened: the owner of
/// the partition takes the same call.
/// </summary>
[GenerateSerializer, Alias("tributary.partition-elsewhere")]
public sealed class PartitionElsewhereException(PartitionId partition)
    : TributaryException("partition_elsewhere", $"Partition {partition} is not in this silo; its owner takes the call.")
{
    [Id(0)]
    public PartitionId Partition { get; } = partition;
}
