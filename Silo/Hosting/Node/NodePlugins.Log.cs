namespace Tributary.Silo.Hosting.Node;

internal sealed partial class NodePlugins
{
    [LoggerMessage(EventId = 4021, Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(EventId = 4022, Message = "{Line}")]
    private static partial void LogPlugin(ILogger logger, LogLevel level, string line);
}
