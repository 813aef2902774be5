using Tributary.Storage.Rounds;
using Tributary.TestingHost.Clusters;

namespace Tributary.Rounds.Orleans.Tests.Cluster;

/// <summary>Test clusters whose silos have the probe grains.</summary>
internal static class ProbeCluster
{
    public static async Task<TributaryTestCluster> StartAsync(int silos, Action<ISiloBuilder>? more = null)
    {
        var cluster = new TributaryTestCluster(silos, new TestClusterSettings
        {
            RoundGrains = static types => types.Add<IProbeGrain, ProbeGrain, ProbeState>(
                ProbeGrain.GrainType, StateTable.Grains, ProbeJson.Default.ProbeState, static () => new ProbeGrain()),
            Silo = more ?? (static _ => { }),
        });
        try
        {
            await cluster.StartAsync(TestContext.Current.CancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
