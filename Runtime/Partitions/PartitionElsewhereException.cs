namespace Tributary.Runtime.Partitions;

/// <summary>
/// The grain's partition is not in this silo, or is about to leave it. Nothing of the call has happened: whoever owns
/// the
/// partition takes the same call.
/// </summary>
public sealed class PartitionElsewhereException(PartitionId partition)
    : TributaryException("partition_elsewhere", $"Partition {partition} is not in this silo; its owner takes the call.")
{
    public PartitionId Partition { get; } = partition;
}
