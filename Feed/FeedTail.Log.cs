using Microsoft.Extensions.Logging;

namespace Tributary.Feed;

public sealed partial class FeedTail
{
    [LoggerMessage(EventId = 1041, Level = LogLevel.Warning, Message = "The feed could not read on; trying again.")]
    private partial void LogReadFailed(Exception error);
}
