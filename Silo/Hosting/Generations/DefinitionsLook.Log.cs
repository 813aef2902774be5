namespace Tributary.Silo.Hosting.Generations;

internal sealed partial class DefinitionsLook
{
    [LoggerMessage(EventId = 4043, Level = LogLevel.Warning, Message = "The generations could not be read: {Error}")]
    private partial void LogNotRefreshed(string error);
}
