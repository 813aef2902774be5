using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Partitions;

/// <summary>
/// Hands the rows that a round left for partitions of other silos over to their owners: one message for each silo, by
/// way of one of its partitions. A hint that is lost, or that reaches a silo which does not own the partition, delays
/// its rows until the owner's next look.
/// </summary>
internal sealed class RowHints(IGrainFactory grains, PartitionPlacement placement, IPartitionHomes homes)
{
    /// <summary>
    /// Bytes of one message: a much larger one would hold up the others of its connection. Further rows of the round
    /// stay for the owner's next look.
    /// </summary>
    public const int MaxHintBytes = 4 << 20;

    /// <summary>Runs on the engine's loop, so that the messages go from the thread pool.</summary>
    public void Tell(IReadOnlyList<DeferredCall> rows) => ThreadPool.UnsafeQueueUserWorkItem(
        static work => work.Hints.Send(work.Rows), (Hints: this, Rows: rows), preferLocal: false);

    /// <summary>The messages for these rows.</summary>
    public static IEnumerable<HintedRow[]> Messages(
        IReadOnlyList<DeferredCall> rows, Func<PartitionId, SiloAddress> homeOf)
    {
        var known = new Dictionary<PartitionId, SiloAddress>();
        foreach (var row in rows)
        {
            if (!known.ContainsKey(row.Partition))
                known.Add(row.Partition, homeOf(row.Partition));
        }

        foreach (var silo in rows.GroupBy(row => known[row.Partition]))
        {
            var bytes = 0L;
            HintedRow[] hinted =
                [.. silo.TakeWhile(row => (bytes += row.Arguments.Length) <= MaxHintBytes).Select(HintedRow.Of)];
            if (hinted.Length > 0)
                yield return hinted;
        }
    }

    private void Send(IReadOnlyList<DeferredCall> rows)
    {
        var silos = placement.Silos();
        if (silos.Count == 0)
            return;
        foreach (var hinted in Messages(rows, partition => homes.Choose(partition, silos)))
            grains.GetGrain<IPartitionGrain>(hinted[0].Partition.Value).Take(hinted).Ignore();
    }
}
