namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// What happens to the cluster, one after the other at random moments, until a time is over. Freezes take long, so they
/// have a row of their own beside the others.
/// </summary>
internal sealed class HarmSchedule(EnduranceCluster cluster, EnduranceConfiguration configuration, int seed)
{
    // Each at least so often, however short the run is.
    private const int TimesEach = 5;
    private const int DatabaseRestartsCount = 2;
    private const int MaxPauseMs = 3_000;

    private readonly Random random = new(seed);
    private readonly Random freezing = new(unchecked(seed * 397));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs once through all harms, then goes on with them until <paramref name="isOver"/>.</summary>
    public async Task RunAsync(Func<bool> isOver)
    {
        var freezes = FreezeAsync(isOver);
        for (var isFirst = true; isFirst || !isOver(); isFirst = false)
        {
            var harms = Shuffled();
            for (var i = 0; i < harms.Count && (isFirst || !isOver()); i++)
            {
                if (isFirst && i == harms.Count / 2)
                {
                    cluster.Log("The definitions change: nodes that start have others.");
                    await configuration.ChangeAsync(Cancellation);
                }

                await PauseAsync(random);
                await harms[i]();
            }
        }

        await freezes;
        // Those that no harm has hit since have the former definitions.
        foreach (var silo in cluster.Silos)
        {
            silo.IsReady = false;
            await cluster.StopAsync(silo);
        }
    }

    private List<Func<Task>> Shuffled()
    {
        var harms = new List<Func<Task>>();
        for (var i = 0; i < TimesEach; i++)
        {
            harms.Add(() => HarmAsync(isSilo: true, cluster.KillAsync));
            harms.Add(() => HarmAsync(isSilo: true, cluster.StopAsync));
        }

        harms.Add(() => HarmAsync(isSilo: false, cluster.KillAsync));
        harms.Add(() => HarmAsync(isSilo: false, cluster.StopAsync));
        for (var i = 0; i < DatabaseRestartsCount; i++)
            harms.Add(cluster.RestartDatabaseAsync);
        var shuffled = harms.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    private async Task HarmAsync(bool isSilo, Func<SupervisedNode, Task> harmAsync)
    {
        SupervisedNode? node;
        while ((node = cluster.Take(random, isSilo)) is null)
            await PauseAsync(random);
        await harmAsync(node);
    }

    private async Task FreezeAsync(Func<bool> isOver)
    {
        for (var i = 0; i < TimesEach || !isOver(); i++)
        {
            await PauseAsync(freezing);
            SupervisedNode? node;
            while ((node = cluster.Take(freezing, isSilo: true)) is null)
                await PauseAsync(freezing);
            await cluster.FreezeAsync(node);
        }
    }

    // Moments at random are the point here.
    private static Task PauseAsync(Random random) => 
        Pace.WaitAsync(TimeSpan.FromMilliseconds(random.Next(MaxPauseMs)));
}
