namespace Tributary.Silo.Hosting.Node;

internal sealed partial class NodeStore
{
    [LoggerMessage(EventId = 4011, Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);
}
