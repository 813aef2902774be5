namespace Tributary.Silo.Hosting.Cluster;

internal sealed partial class ClusterLink
{
    [LoggerMessage(EventId = 4081, Level = LogLevel.Information, Message = "The cluster is reached.")]
    private partial void LogReached();

    [LoggerMessage(
        EventId = 4082, Level = LogLevel.Warning,
        Message = "No silo of the cluster can be reached; requests that need one are refused until one can: {Error}")]
    private partial void LogNotReached(string error);
}
