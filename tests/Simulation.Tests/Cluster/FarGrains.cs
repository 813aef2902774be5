using System.Reflection;
using Orleans.Runtime;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.Kinds;
using Tributary.Rounds.Orleans.Partitions;
using Tributary.Rounds.Orleans.References;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// Orleans' grain factory in one process of the run: partitions are the world's (<see cref="FarPartition"/>), and
/// references to round grains are the platform's own, with its router.
/// </summary>
// Public, because the runtime derives a class from it.
public class FarGrains : DispatchProxy
{
    private Func<PartitionId, object> partitionOf = null!;
    private Func<Type, string, object> referenceOf = null!;

    internal static IGrainFactory New(
        Func<PartitionId, IPartitionGrain> partitionOf, RoundGrainTypes types, Func<RoundRouter> router)
    {
        var factory = Create<IGrainFactory, FarGrains>();
        var grains = (FarGrains)(object)factory;
        grains.partitionOf = partitionOf;
        grains.referenceOf = (grain, key) => ReferenceOf(grain, key, types, router());
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var grain = targetMethod!.IsGenericMethod ? targetMethod.GetGenericArguments()[0] : null;
        return (grain, args![0]) switch
        {
            (not null, long id) when grain == typeof(IPartitionGrain) => partitionOf(new PartitionId((int)id)),
            (not null, string key) => referenceOf(grain, key),
            _ => throw new NotSupportedException($"No router calls {targetMethod}."),
        };
    }

    private static GrainReference ReferenceOf(Type grain, string key, RoundGrainTypes types, RoundRouter router)
    {
        var name = types.All.First(one => one.Interface == grain).Name;
        var reference = GeneratedProxies.Standalone.ReferencesOf(
            grain, GrainType.Create(name), GrainInterfaceType.Create(grain.FullName!), 0,
            new RoundCallRuntime(name, router, []));
        return reference(GrainId.Create(name, key));
    }
}
