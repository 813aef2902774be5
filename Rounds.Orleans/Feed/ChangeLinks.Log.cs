using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Feed;

internal sealed partial class ChangeLinks
{
    [LoggerMessage(
        EventId = 1072, Level = LogLevel.Debug,
        Message = "Changes by silo {Silo} are not heard for the moment; subscribers read their states anew: {Error}")]
    private partial void LogNotHeard(SiloAddress silo, string error);
}
