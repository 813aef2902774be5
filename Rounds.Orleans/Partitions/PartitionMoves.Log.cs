using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Partitions;

internal sealed partial class PartitionMoves
{
    [LoggerMessage(
        EventId = 1069, Level = LogLevel.Warning,
        Message = "Partition {Partition} was given, and its next owner could not be called: {Error}")]
    private partial void LogNotHandedOver(PartitionId partition, string error);
}
