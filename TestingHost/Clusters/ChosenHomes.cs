using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Tributary.Rounds.Orleans.Partitions;

namespace Tributary.TestingHost.Clusters;

/// <summary>
/// Where a test wants partitions, known to all silos of its cluster at once. Other partitions are where they would be
/// without it, and so are these when their silo has gone.
/// </summary>
internal sealed class ChosenHomes(ConcurrentDictionary<PartitionId, SiloAddress> chosen, IPartitionHomes otherwise)
    : IPartitionHomes
{
    public SiloAddress Choose(PartitionId partition, IReadOnlyList<SiloAddress> silos) =>
        chosen.TryGetValue(partition, out var silo) && silos.Contains(silo)
            ? silo : otherwise.Choose(partition, silos);

    /// <summary>Puts it in front of the homes that the services have.</summary>
    public static void Use(IServiceCollection services, ConcurrentDictionary<PartitionId, SiloAddress> chosen)
    {
        var usual = services.Last(static service => service.ServiceType == typeof(IPartitionHomes));
        services.AddSingleton<IPartitionHomes>(host => new ChosenHomes(
            chosen, (IPartitionHomes)ActivatorUtilities.CreateInstance(host, usual.ImplementationType!)));
    }
}
