using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Held;

internal sealed partial class HeldLog
{
    [LoggerMessage(
        EventId = 1051, Level = LogLevel.Warning,
        Message =
            "{Count} calls or reminders of the grain type {Type} are held until a build starts that can make them: "
            + "{Reason}")]
    private partial void LogHeld(long count, string type, string reason);

    [LoggerMessage(
        EventId = 1052, Level = LogLevel.Warning,
        Message =
            "{Count} calls or reminders of the grain type {Type} were held before, and this build cannot make them: "
            + "{Reason}")]
    private partial void LogStillHeld(long count, string type, string reason);
}
