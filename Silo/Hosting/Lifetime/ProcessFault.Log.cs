namespace Tributary.Silo.Hosting.Lifetime;

internal sealed partial class ProcessFault
{
    [LoggerMessage(
        EventId = 4001,
        Level = LogLevel.Critical,
        Message = "Something is broken that the process cannot go on without; it ends.")]
    private static partial void LogBroken(ILogger logger, Exception error);
}
