using Tributary.Rounds.Partitions;
using Tributary.Simulation.Tests.Scenarios;
using Tributary.Storage;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>Waits for answers as callers do, with the outcomes that a cluster has for them.</summary>
internal static class ClusterCaller
{
    /// <summary>
    /// The answer of a call that is made in the process of this silo; null when there is none. A call that met no owner
    /// has not happened, for certain.
    /// </summary>
    public static async Task<(Answered<T>? Answer, bool IsElsewhere)> AskAsync<T>(
        ClusterRun run, ClusterSilo silo, Func<ValueTask<T>> call)
    {
        var isElsewhere = false;
        try
        {
            var answer = AwaitAsync(call());
            if (await Task.WhenAny(answer, silo.Ended) == answer)
                return (new Answered<T>(await answer), false);
        }
        catch (PartitionElsewhereException)
        {
            isElsewhere = true;
        }
        catch (SiloLostException)
        {
            run.Promises.LostCount++;
        }
        catch (TimeoutException)
        {
            run.Promises.TimeoutsCount++;
        }
        catch (OverloadedException)
        {
            run.Promises.OverloadsCount++;
        }
        catch (StoreException error) when (error.IsPassing)
        {
            run.Promises.StoreRefusalsCount++;
        }

        await run.World.Delay(TimeSpan.FromMilliseconds(20));
        return (null, isElsewhere);
    }

    // AsTask would leave the world: it continues on the thread pool.
    private static async Task<T> AwaitAsync<T>(ValueTask<T> call) => await call;
}
