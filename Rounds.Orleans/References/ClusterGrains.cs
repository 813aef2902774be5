using System.Collections.Concurrent;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Orleans.References;

/// <summary>
/// The round grains of a whole cluster, for callers in one of its silos that wait for answers. Calls to partitions of
/// this silo go straight into its rounds; others take the way through Orleans.
/// </summary>
/// <param name="local">The references of <paramref name="engine"/> that calls to its partitions take.</param>
public sealed class ClusterGrains(
    RoundEngine engine, IRoundGrains local, RoundGrainTypes types, IGrainFactory cluster) : IRoundGrains
{
    private readonly ConcurrentDictionary<Type, string> names = new();

    public TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey =>
        cluster.GetGrain<TGrain>(key);

    public async ValueTask<TResult> Call<TGrain, TArgument, TResult>(
        string key, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn)
        where TGrain : class, IGrainWithStringKey
    {
        if (IsNear<TGrain>(key))
        {
            try
            {
                return await local.Call(key, argument, turn);
            }
            catch (PartitionElsewhereException)
            {
                // The partition left meanwhile, and the turn has not run: the reference finds its owner.
            }
        }

        return await turn(GetGrain<TGrain>(key), argument);
    }

    public bool IsNear<TGrain>(string key) where TGrain : class, IGrainWithStringKey
    {
        var name = names.GetOrAdd(
            typeof(TGrain), static (type, all) => all.All.First(one => one.Interface == type).Name, types);
        return engine.IsHere(engine.PartitionOf(new RoundGrainId(name, key)));
    }
}
