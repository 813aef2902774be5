namespace Tributary.Silo.Hosting.Engine;

internal sealed partial class EngineLife
{
    [LoggerMessage(
        EventId = 4055, Level = LogLevel.Warning,
        Message = "The last rounds did not end in time: what was not acknowledged by now is not stored.")]
    private partial void LogNotLeft();
}
