namespace Tributary.Silo.Hosting.Node;

internal sealed partial class Listeners
{
    [LoggerMessage(EventId = 4023, Level = LogLevel.Information, Message = "Listening to {Broker}.")]
    private static partial void LogListening(ILogger logger, string broker);

    [LoggerMessage(
        EventId = 4024, Level = LogLevel.Critical, Message = "The broker {Broker} cannot go on; the process ends.")]
    private static partial void LogBrokerFailed(ILogger logger, string broker, Exception error);

    [LoggerMessage(
        EventId = 4025, Level = LogLevel.Warning,
        Message = "Brokers did not end in time; what they had delivered and was not stored is delivered again.")]
    private static partial void LogSlow(ILogger logger);
}
