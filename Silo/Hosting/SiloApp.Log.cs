namespace Tributary.Silo.Hosting;

public sealed partial class SiloApp
{
    [LoggerMessage(
        EventId = 4051,
        Level = LogLevel.Information,
        Message = "Serving {Urls}: the page at /, the API at /api/v1, its description at /docs.")]
    private partial void LogServing(string urls);

    [LoggerMessage(
        EventId = 4052,
        Level = LogLevel.Information,
        Message = "Serving {Urls}: /health only, because this process has the role silo and not the role api.")]
    private partial void LogHealthOnly(string urls);

    [LoggerMessage(EventId = 4053, Level = LogLevel.Information, Message = "Serving {Urls}, reads only, because this "
        + "process has the role api and not the role silo: the page at /, the API at /api/v1, its description at "
        + "/docs.")]
    private partial void LogReading(string urls);

    [LoggerMessage(
        EventId = 4054,
        Level = LogLevel.Information,
        Message = "Stopping: nothing new is taken, what is in flight is answered.")]
    private partial void LogStopping();

    [LoggerMessage(EventId = 4056, Level = LogLevel.Information, Message = "Stopped.")]
    private partial void LogStopped();
}
