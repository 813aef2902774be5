using Tributary.Messages;

namespace Tributary.Silo.Hosting.Lifetime;

internal sealed partial class FailureLog
{
    [LoggerMessage(
        EventId = 4003, Level = LogLevel.Warning,
        Message =
            "Message {Message} of {Source}, item {Item}: {About} failed and is tried again at {Next:O}: {Error} "
            + "({Unsaid} more like this since the last line.)")]
    private static partial void LogRetrying(
        ILogger logger,
        MessageId message,
        string source,
        string item,
        string about,
        DateTimeOffset next,
        string error,
        long unsaid);

    [LoggerMessage(
        EventId = 4004, Level = LogLevel.Warning,
        Message =
            "Message {Message} of {Source}, item {Item}: {About} failed and is {Status} now: {Error} ({Unsaid} more "
            + "like this since the last line.)")]
    private static partial void LogGivenUp(
        ILogger logger,
        MessageId message,
        string source,
        string item,
        string about,
        MessageStatus status,
        string error,
        long unsaid);

    [LoggerMessage(
        EventId = 4005, Level = LogLevel.Warning,
        Message =
            "A call of {Method} on {Grain} failed and is kept as a failed call: {Error} ({Unsaid} more like this since "
            + "the last line.)")]
    private static partial void LogCallFailed(ILogger logger, string method, string grain, string error, long unsaid);
}
