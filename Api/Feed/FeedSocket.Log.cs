using Microsoft.Extensions.Logging;

namespace Tributary.Api.Feed;

internal sealed partial class FeedSocket
{
    [LoggerMessage(EventId = 3031, Level = LogLevel.Warning, Message = "A replay could not read.")]
    private partial void LogReplayFailed(Exception error);

    [LoggerMessage(EventId = 3032, Level = LogLevel.Debug, Message = "A subscriber's connection is gone: {Reason}")]
    private partial void LogGone(string reason);
}
