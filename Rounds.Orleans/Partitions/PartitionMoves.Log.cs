using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Partitions;

internal sealed partial class PartitionMoves
{
    [LoggerMessage(
        EventId = 1069, Level = LogLevel.Warning,
        Message =
            "{Count} partitions were given, and silo {Silo}, which is to have them, could not be called: {Error}")]
    private partial void LogNotHandedOver(int count, SiloAddress silo, string error);
}
