using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Commits;

internal sealed partial class Committer
{
    [LoggerMessage(
        EventId = 1001, Level = LogLevel.Warning,
        Message =
            "The answer to the commit of round {Round} was lost or its fence matched nothing; asking the database what "
            + "became of it: {Error} ({Unsaid} more like this since the last line.)")]
    private partial void LogDoubt(long round, string error, long unsaid);

    [LoggerMessage(
        EventId = 1002,
        Level = LogLevel.Warning,
        Message = "The database refused round {Round} for its data; its inputs run again in halves: {Error}")]
    private partial void LogRejected(long round, string error);

    [LoggerMessage(
        EventId = 1003,
        Level = LogLevel.Debug,
        Message = "A state of round {Round} cannot be written; its commit refuses it.")]
    private partial void LogUnwritable(long round, Exception error);

    [LoggerMessage(
        EventId = 1004, Level = LogLevel.Warning,
        Message =
            "The store did not answer ({Operation}); trying again: {Error} ({Unsaid} more like this since the last "
            + "line.)")]
    private partial void LogRetry(string operation, string error, long unsaid);
}
