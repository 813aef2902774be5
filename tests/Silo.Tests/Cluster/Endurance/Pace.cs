namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// How long harms last, and how far clients and harms are apart: here time itself is what a cluster has to stand.
/// Nothing depends on how much of it passes.
/// </summary>
internal static class Pace
{
    public static Task WaitAsync(TimeSpan time) => Task.Delay(time, TestContext.Current.CancellationToken);
}
