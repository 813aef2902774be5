using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Kinds;

internal sealed partial class RoundRouter
{
    [LoggerMessage(
        EventId = 1061, Level = LogLevel.Warning,
        Message = "The one-way call {Method} of {Grain} failed, and nobody waits for it.")]
    private partial void LogOneWayFailed(RoundGrainId grain, string method, Exception error);
}
