using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Partitions;

internal sealed partial class PartitionWatch
{
    [LoggerMessage(
        EventId = 1062, Level = LogLevel.Warning,
        Message = "{Count} partitions could not be taken, because the silo has ended.")]
    private partial void LogNotHeld(int count);

    [LoggerMessage(
        EventId = 1063, Level = LogLevel.Debug, Message = "The watch over partitions has ended with its silo.")]
    private partial void LogEnded();

    [LoggerMessage(
        EventId = 1064, Level = LogLevel.Error, Message = "A look of the watch over partitions has failed.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(
        EventId = 1070, Level = LogLevel.Information,
        Message = "{Count} partitions were moved to the silos where they belong.")]
    private partial void LogMoved(int count);

    [LoggerMessage(
        EventId = 1071, Level = LogLevel.Warning,
        Message = "Not all partitions were moved before the silo stopped; it gives the rest now: {Error}")]
    private partial void LogNotMoved(string error);
}
