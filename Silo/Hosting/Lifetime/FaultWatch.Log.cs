namespace Tributary.Silo.Hosting.Lifetime;

internal sealed partial class FaultWatch
{
    [LoggerMessage(EventId = 4007, Level = LogLevel.Critical, Message = "The host is stopped: {Reason}")]
    private partial void LogEnding(string reason);
}
