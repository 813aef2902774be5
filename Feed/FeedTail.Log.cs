using Microsoft.Extensions.Logging;

namespace Tributary.Feed;

public sealed partial class FeedTail
{
    [LoggerMessage(EventId = 1041, Level = LogLevel.Warning, Message = "The feed could not read on; trying again.")]
    private partial void LogReadFailed(Exception error);

    // Each subscriber that replays says so, each time: the tail's own warning names the fault once for the node.
    [LoggerMessage(EventId = 1075, Level = LogLevel.Debug, Message = "A replay could not read; trying again. {Reason}")]
    private partial void LogReplayWaits(string reason);
}
