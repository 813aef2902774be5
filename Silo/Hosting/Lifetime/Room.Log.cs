namespace Tributary.Silo.Hosting.Lifetime;

internal sealed partial class Room
{
    [LoggerMessage(
        EventId = 4006, Level = LogLevel.Warning,
        Message =
            "The start waits, because a disk is full, until there is room: {Error} ({Unsaid} more like this since the "
            + "last line.)")]
    private static partial void LogWaiting(ILogger logger, string error, long unsaid);
}
