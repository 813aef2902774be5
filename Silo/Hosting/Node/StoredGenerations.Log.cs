namespace Tributary.Silo.Hosting.Node;

internal sealed partial class StoredGenerations
{
    [LoggerMessage(EventId = 4044, Level = LogLevel.Information, Message = "The generations have changed.")]
    private partial void LogChanged();

    [LoggerMessage(EventId = 4043, Level = LogLevel.Warning, Message = "The generations could not be read: {Error}")]
    private partial void LogNotRefreshed(string error);
}
