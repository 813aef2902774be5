using Tributary.Simulation.Tests.Scenarios;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>What must hold when everything has come to rest.</summary>
internal static class ClusterChecks
{
    public static void All(ClusterRun run)
    {
        foreach (var partition in run.Partitions)
        {
            if (run.HomesOf(partition) != 1)
                throw new InvalidOperationException($"Partition {partition} is at {run.HomesOf(partition)} silos.");
        }

        Stored(run);
    }

    public static void Stored(ClusterRun run)
    {
        Checks.Stored(run);
        ParcelChecks.AllAtRest(run);
        ShelfChecks.AllAtRest(run);
        run.Items.Check(run.Database);
        var sentAway = run.Database.Messages.FirstOrDefault(message => run.Promises.SentAway.Contains(message.Id));
        if (sentAway is not null)
            throw new InvalidOperationException($"The message {sentAway.Id} was sent to another silo, and is stored.");
    }
}
