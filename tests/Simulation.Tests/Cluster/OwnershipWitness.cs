using Tributary.Rounds.Partitions;
using Tributary.Storage.InMemory;
using Tributary.Storage.Rounds;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>
/// Sees every durable round and knows by itself who may write what: a partition is written by its owner alone, and
/// changes hands by its owner's give or death alone. It looks at the rows of a round, and not at what the round says.
/// </summary>
internal sealed class OwnershipWitness(SimulationWorld world, InMemoryDatabase database, int partitionCount)
{
    private readonly Partitioner partitioner = new(partitionCount);
    private readonly SiloId?[] owners = new SiloId?[partitionCount];

    /// <summary>How often a partition came to a silo from another one.</summary>
    public int MovesCount { get; private set; }

    /// <summary>Takes that matched nothing.</summary>
    public int MissesCount { get; private set; }

    /// <summary>Rows of several calls that rounds left.</summary>
    public int BundlesCount { get; private set; }

    public void See(RoundCommit round, CommitOutcome.Committed outcome)
    {
        Hold(database.IsAlive(round.Silo), $"Silo {round.Silo} is dead and has written round {round.Round}.");
        foreach (var state in round.States)
            Check(round, state.Grain);
        foreach (var reminder in round.Reminders)
            Check(round, reminder.Grain);
        foreach (var message in round.Messages)
            Check(round, new RoundGrainId(GrainTypeOf(message.Message.Source), message.Message.Item));
        foreach (var partition in round.Gives)
        {
            Hold(owners[partition.Value] == round.Silo, $"Silo {round.Silo} gave partition {partition} of another.");
            owners[partition.Value] = null;
        }

        foreach (var (partition, _) in outcome.Taken)
        {
            var before = owners[partition.Value];
            Hold(
                before is not { } other || other == round.Silo || !database.IsAlive(other),
                $"Silo {round.Silo} took partition {partition} of silo {before}, which lives.");
            MovesCount += before == round.Silo ? 0 : 1;
            owners[partition.Value] = round.Silo;
        }

        BundlesCount += round.Deferred.Count(static row => row.Target.Type == "tributary.partition");
        MissesCount += round.Takes.Count - outcome.Taken.Count;
    }

    // Each client of the run has a source of its own, and one type of grain.
    private static string GrainTypeOf(string source) => source switch
    {
        "client" => "store",
        "items" => "item",
        "parcels" => "parcel",
        "shelves" => "shelf",
        _ => throw new InvalidOperationException($"Nobody sends messages of the source {source}."),
    };

    private void Check(RoundCommit round, RoundGrainId grain)
    {
        var partition = partitioner.Of(grain);
        Hold(
            owners[partition.Value] == round.Silo,
            $"Silo {round.Silo} wrote {grain} in partition {partition} of silo {owners[partition.Value]}.");
    }

    private void Hold(bool condition, string otherwise)
    {
        if (!condition)
            world.Fail(new InvalidOperationException(otherwise));
    }
}
