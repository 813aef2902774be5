using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.States;

internal sealed partial class GrainStateBatches
{
    [LoggerMessage(
        EventId = 1078, Level = LogLevel.Warning,
        Message = "The states of ordinary grains wait for the database: {Error}")]
    private partial void LogWaits(string error);
}
