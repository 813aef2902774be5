namespace Tributary.Silo.Hosting.Doors;

internal sealed partial class DoorKeeper
{
    [LoggerMessage(
        EventId = 4071, Level = LogLevel.Error, Message = "A message that came by way of another process failed.")]
    private partial void LogFailed(Exception error);
}
