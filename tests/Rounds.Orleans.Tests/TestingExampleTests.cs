using Tributary.Rounds.Orleans.Tests.Cluster;
using Tributary.Storage.Rounds;
using Tributary.TestingHost.Clusters;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>The example of <c>docs/testing.md</c>, which runs here.</summary>
public sealed class TestingExampleTests
{
    [Fact]
    public async Task A_probe_counts_on_when_its_silo_is_killed()
    {
        await using var cluster = new TributaryTestCluster(silos: 3, new TestClusterSettings
        {
            RoundGrains = types => types.Add<IProbeGrain, ProbeGrain, ProbeState>(
                ProbeGrain.GrainType, StateTable.Grains, ProbeJson.Default.ProbeState, () => new ProbeGrain()),
        });
        await cluster.StartAsync();
        var probe = cluster.Grains.GetGrain<IProbeGrain>("pump 7");
        await probe.Add(1);

        var partition = cluster.PartitionOf(ProbeGrain.GrainType, "pump 7");
        await cluster.MoveAsync(partition, cluster.Silos[1]);
        await cluster.KillAsync(cluster.Silos[1]);

        Assert.Equal(2, await probe.Add(1));
        await cluster.UntilSettledAsync();
        Assert.Empty(cluster.Faults);
    }
}
