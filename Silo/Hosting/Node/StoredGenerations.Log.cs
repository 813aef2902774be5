namespace Tributary.Silo.Hosting.Node;

internal sealed partial class StoredGenerations
{
    [LoggerMessage(EventId = 4044, Level = LogLevel.Information, Message = "The generations have changed.")]
    private partial void LogChanged();
}
