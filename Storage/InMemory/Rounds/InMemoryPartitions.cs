using Tributary.Storage.Rounds;

namespace Tributary.Storage.InMemory.Rounds;

/// <summary>Keeps the owners of partitions, and checks strictly which partitions a round writes.</summary>
internal static class InMemoryPartitions
{
    /// <summary>The outcome of a round that writes a partition which its silo does not own, or null.</summary>
    public static CommitOutcome.NotOwned? NotOwned(InMemoryDatabase database, RoundCommit round)
    {
        foreach (var partition in round.Writes)
        {
            if (database.Partitions[partition.Value] != round.Silo)
            {
                return new CommitOutcome.NotOwned(
                    $"Silo {round.Silo} writes partition {partition}, which belongs to silo "
                    + $"{Name(database, partition)}.");
            }
        }

        return null;
    }

    /// <summary>
    /// Stricter than the databases: every row with a partition must lie in a partition that the round names.
    /// </summary>
    public static void Check(InMemoryDatabase database, RoundCommit round)
    {
        var writes = new HashSet<PartitionId>();
        foreach (var partition in round.Writes)
            InMemoryRound.Require(writes.Add(partition), $"partition {partition} is named twice");
        foreach (var row in round.States)
            Named(row.Partition, $"the state of {row.Grain}");
        foreach (var row in round.ExternalIds)
            Named(row.Partition, "an external id");
        foreach (var write in round.Reminders)
            Named(write.Partition, $"reminder {write.Name} of {write.Grain}");
        foreach (var sequence in round.DeferredDone)
        {
            if (database.DeferredRows.TryGetValue(sequence, out var call))
                Named(call.Partition, $"the end of deferred call {sequence}");
        }

        foreach (var sequence in round.HeldDone)
        {
            if (database.HeldCallRows.TryGetValue(sequence, out var held))
                Named(held.Call.Partition, $"the end of held call {sequence}");
        }

        foreach (var held in round.Held)
            Named(held.Call.Partition, $"a held call of {held.Call.Target}");
        foreach (var id in round.FailuresDone)
        {
            if (database.FailureRows.TryGetValue(id, out var failure))
                Named(failure.Partition, $"the end of failure {id}");
        }

        var changed = new HashSet<PartitionId>();
        foreach (var partition in round.Takes.Concat(round.Gives))
        {
            InMemoryRound.Require(
                changed.Add(partition) && !writes.Contains(partition),
                $"partition {partition} changes hands in a round that writes it, or twice");
        }

        foreach (var partition in round.Gives)
        {
            InMemoryRound.Require(
                database.Partitions[partition.Value] == round.Silo,
                $"partition {partition} is given by a silo that does not own it");
        }

        void Named(PartitionId partition, string what) =>
            InMemoryRound.Require(
                writes.Contains(partition), $"{what} is in partition {partition}, which it does not name");
    }

    /// <summary>Takes and gives partitions; returns the taken ones.</summary>
    public static List<TakenPartition> Write(InMemoryDatabase database, RoundCommit round)
    {
        foreach (var partition in round.Gives)
            database.Partitions[partition.Value] = null;
        var taken = new List<TakenPartition>();
        foreach (var partition in round.Takes)
        {
            var owner = database.Partitions[partition.Value];
            if (owner is { } other && other != round.Silo && !database.Silos[other].IsDead)
                continue;
            if (owner != round.Silo)
                database.TakenFrom[partition.Value] = owner;
            database.Partitions[partition.Value] = round.Silo;
            taken.Add(new TakenPartition(partition, database.TakenFrom[partition.Value] is not null));
        }

        return taken;
    }

    public static List<TakenPartition> OwnedBy(InMemoryDatabase database, SiloId silo)
    {
        var owned = new List<TakenPartition>();
        for (var i = 0; i < database.Partitions.Length; i++)
        {
            if (database.Partitions[i] == silo)
                owned.Add(new TakenPartition(new PartitionId(i), database.TakenFrom[i] is not null));
        }

        return owned;
    }

    public static IReadOnlyList<PartitionOwner> Owners(InMemoryDatabase database)
    {
        var owners = new List<PartitionOwner>();
        for (var i = 0; i < database.Partitions.Length; i++)
        {
            if (database.Partitions[i] is { } silo)
            {
                var row = database.Silos[silo];
                owners.Add(new PartitionOwner(new PartitionId(i), silo, row.Address, row.IsDead));
            }
        }

        return owners;
    }

    public static void Release(InMemoryDatabase database, SiloId silo)
    {
        for (var i = 0; i < database.Partitions.Length; i++)
        {
            if (database.Partitions[i] == silo)
                database.Partitions[i] = null;
        }
    }

    private static string Name(InMemoryDatabase database, PartitionId partition) =>
        database.Partitions[partition.Value]?.ToString() ?? "none";
}
