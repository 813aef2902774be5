using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Reminders;

internal sealed partial class ActivityRunner
{
    [LoggerMessage(
        EventId = 1031,
        Level = LogLevel.Warning,
        Message = "The activity {Activity} of {Grain} failed at attempt {Attempt}; its grain decides what follows.")]
    private partial void LogFailed(string activity, RoundGrainId grain, int attempt, Exception error);

    [LoggerMessage(
        EventId = 1032, Level = LogLevel.Error,
        Message =
            "The process ended while the activity {Activity} '{Name}' of {Grain} ran alone, at its start {Starts}; "
            + "it is not run again, and its grain decides what follows.")]
    private partial void LogEnded(string activity, string name, RoundGrainId grain, int starts);
}
