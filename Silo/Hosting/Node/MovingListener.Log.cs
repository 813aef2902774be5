namespace Tributary.Silo.Hosting.Node;

internal sealed partial class MovingListener
{
    [LoggerMessage(
        EventId = 4026, Level = LogLevel.Information,
        Message = "{Broker} is received by this silo of the cluster from now on.")]
    private static partial void LogHere(ILogger logger, string broker);

    [LoggerMessage(
        EventId = 4027, Level = LogLevel.Information, Message = "{Broker} is received by another silo from now on.")]
    private static partial void LogGone(ILogger logger, string broker);
}
