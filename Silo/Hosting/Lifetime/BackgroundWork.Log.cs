namespace Tributary.Silo.Hosting.Lifetime;

internal sealed partial class BackgroundWork
{
    [LoggerMessage(
        EventId = 4002,
        Level = LogLevel.Error,
        Message =
            "{Name} ended with an error and is begun again ({Restarts} of at most {MaxRestarts} times in a row).")]
    private static partial void LogRestarted(
        ILogger logger, string name, int restarts, int maxRestarts, Exception error);
}
