using Tributary.Silo.Hosting.Cluster;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>The round grains of the cluster, for a process that is its client.</summary>
internal sealed class RemoteGrains(ClusterLink link) : IRoundGrains
{
    /// <exception cref="TributaryException"><c>no_silo</c>.</exception>
    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
        link.Grains.GetGrain<TGrain>(key);
}
