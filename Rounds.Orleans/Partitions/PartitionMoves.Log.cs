using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Partitions;

internal sealed partial class PartitionMoves
{
    [LoggerMessage(
        EventId = 1069, Level = LogLevel.Warning,
        Message =
            "{Count} partitions were given, and silo {Silo}, which is to have them, could not be called: {Error}")]
    private partial void LogNotHandedOver(int count, SiloAddress silo, string error);

    [LoggerMessage(
        EventId = 1076, Level = LogLevel.Warning,
        Message = "Silo {Silo}, where partitions belong, could not be called; they stay here for now: {Error}")]
    private partial void LogNotReached(SiloAddress silo, string error);

    [LoggerMessage(
        EventId = 1077, Level = LogLevel.Debug,
        Message = "Partition {Partition} was given, and did not answer from its new silo: {Error}")]
    private partial void LogNotCalled(int partition, string error);
}
