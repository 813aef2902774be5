using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Feed;

public sealed partial class ClusterChanges
{
    [LoggerMessage(
        EventId = 1074, Level = LogLevel.Debug,
        Message = "Changes are not heard for the moment; subscribers read their states anew: {Error}")]
    private partial void LogNotHeard(string error);
}
