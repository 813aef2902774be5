namespace Tributary.Silo.Hosting.Node;

internal static partial class InitScript
{
    [LoggerMessage(
        EventId = 4031,
        Level = LogLevel.Warning,
        Message = "database.init names {Path}, which is not there: no script is run.")]
    private static partial void LogMissing(ILogger logger, string path);
}
