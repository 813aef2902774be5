using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Engine;

internal sealed partial class RoundLoop
{
    [LoggerMessage(
        EventId = 1018, Level = LogLevel.Information,
        Message = "{OpenedCount} partitions were taken and {HereCount} are here; {CallsCount} deferred calls go on.")]
    private partial void LogOpened(int openedCount, int hereCount, int callsCount);

    [LoggerMessage(EventId = 1016, Level = LogLevel.Error, Message = "Nothing can be stored: messages are refused, and "
        + "reminders wait, until that ends by itself: {Error}")]
    private partial void LogRefusing(string error);

    [LoggerMessage(EventId = 1017, Level = LogLevel.Information, Message = "The store takes rounds again.")]
    private partial void LogAgain();

    [LoggerMessage(
        EventId = 1011, Level = LogLevel.Error,
        Message =
            "An input for {Grain} was refused by the database alone; it is kept as a failure or its caller is told: "
            + "{Error}")]
    private partial void LogConvicted(RoundGrainId grain, string error);

    [LoggerMessage(
        EventId = 1012,
        Level = LogLevel.Warning,
        Message = "The silo could not sign off; the next start finds its row: {Error}")]
    private partial void LogLeaveFailed(string error);

    [LoggerMessage(
        EventId = 1014, Level = LogLevel.Debug, Message = "Work beside the loop ended with its incarnation.")]
    private partial void LogEnded();

    [LoggerMessage(
        EventId = 1015, Level = LogLevel.Warning,
        Message =
            "The store did not answer ({Operation}); trying again: {Error} ({Unsaid} more like this since the last "
            + "line.)")]
    private partial void LogRetry(string operation, string error, long unsaid);

    [LoggerMessage(
        EventId = 1019, Level = LogLevel.Information,
        Message = "Round {Round} runs again by version {Version} of the definitions.")]
    private partial void LogOutdated(long round, long version);
}
