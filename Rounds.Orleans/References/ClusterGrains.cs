using System.Collections.Concurrent;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Held;
using Tributary.Rounds.Orleans.Kinds;
using Tributary.Rounds.Orleans.Partitions;
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
        string key, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn,
        AnotherAnswer<TArgument, TResult>? again = null)
        where TGrain : class, IGrainWithStringKey
    {
        try
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
        catch (Exception error) when (again is not null)
        {
            if (!again(error, argument, out var other))
                throw;
            return await other;
        }
    }

    /// <summary>
    /// Makes a failed call again at the silo that owns its partition: see <see cref="RoundEngine.MakeAgainAsync"/>.
    /// </summary>
    /// <exception cref="PartitionElsewhereException">The partition has moved again and again meanwhile.</exception>
    public async Task<AgainResult> MakeAgainAsync(Guid failure)
    {
        PartitionId partition;
        try
        {
            return await engine.MakeAgainAsync(failure);
        }
        catch (PartitionElsewhereException elsewhere)
        {
            // The row of the failure says its partition, which this silo does not own.
            partition = elsewhere.Partition;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await cluster.GetGrain<IPartitionGrain>(partition.Value).MakeAgain(failure);
            }
            catch (Exception error) when (RoundRouter.HasNotRun(error) && attempt < RoundRouter.MaxAttemptsCount)
            {
                await Task.Delay(RoundRouter.Retries.After(attempt));
            }
        }
    }

    public bool IsNear<TGrain>(string key) where TGrain : class, IGrainWithStringKey
    {
        var name = names.GetOrAdd(
            typeof(TGrain), static (type, all) => all.All.First(one => one.Interface == type).Name, types);
        return engine.IsHere(engine.PartitionOf(new RoundGrainId(name, key)));
    }
}
