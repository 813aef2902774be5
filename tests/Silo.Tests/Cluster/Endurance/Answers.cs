using System.Net;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>Which answers a client of a cluster that is harmed must stand, and which are faults.</summary>
internal static class Answers
{
    /// <summary>The client is told to try again.</summary>
    public static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;

    public static void AssertPassing(HttpStatusCode status, SupervisedNode node, string text) =>
        Assert.True(IsPassing(status), $"{node.Name}: {(int)status} {text}\n{node.Process.Output}");

    /// <summary>The node was killed or stands still: there is no answer.</summary>
    public static bool IsLost(Exception error, CancellationToken cancellation) =>
        error is HttpRequestException or IOException
        || (error is OperationCanceledException && !cancellation.IsCancellationRequested);
}
