using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Partitions;

/// <summary>
/// The deferred rows of the partitions that are here. They are polled at each take, and repeatedly while another silo
/// may leave further rows; a silo that leaves one also hands it over as a hint. A row is made once: one that is in
/// memory is not taken again, one whose end is durable is forgotten only by a poll that began after that, and a hint of
/// a row that the last poll could see, and that is not in memory, is late. Used by the loop only.
/// </summary>
internal sealed class DeferredCalls(RoundOptions options, PartitionTable partitions, EngineRules rules)
{
    private readonly Dictionary<long, Known> known = [];

    // Rows whose end is durable; a poll that is under way, or a hint that is late, may still bring them.
    private readonly HashSet<long> gone = [];
    private List<long> ended = [];

    // Those of them that ended before the poll under way began.
    private List<long> endedBefore = [];

    // What the last finished poll saw.
    private Snapshot snapshot = new(0, []);
    private long knownBytes;
    private bool isReading;
    private bool isWanted;

    // True when all rows that can exist are in memory: all partitions are here, and no other silo leaves calls.
    private bool isComplete;
    private bool readsAll;
    private long version;
    private DateTimeOffset readAt;

    /// <summary>Asks for a poll: a take is durable, or another silo has left calls.</summary>
    public void Want() => isWanted = true;

    /// <summary>When the next poll is to begin; null when none is needed, or one is under way.</summary>
    public DateTimeOffset? NextRead =>
        isReading || (partitions.HereCount == 0 && !partitions.HasReading) ? null
        : isWanted && (partitions.HasReading || !IsFull) ? DateTimeOffset.MinValue
        : isComplete || IsFull ? null
        : readAt + options.DeferredPollInterval;

    // Calls wait for the partitions that open, so that their rows are read however much is in memory.
    private bool IsFull => known.Count > options.MaxRoundInputsCount || knownBytes > options.MaxDeferredBytes;

    /// <summary>True when a poll is to begin now; it must end in <see cref="EndRead"/>.</summary>
    /// <param name="of">The partitions to read; null: all.</param>
    /// <param name="tenures">The tenures that the poll is of.</param>
    public bool TryBeginRead(DateTimeOffset now, out IReadOnlyList<PartitionId>? of, out long[] tenures)
    {
        (of, tenures) = (null, []);
        if (NextRead is not { } next || next > now)
            return false;
        isReading = true;
        isWanted = false;
        readAt = now;
        version = partitions.Version;
        of = partitions.HereOrReading();
        readsAll = of is null;
        tenures = partitions.Tenures();
        (endedBefore, ended) = (ended, []);
        return true;
    }

    /// <summary>
    /// Ends a poll; returns the unknown rows of those partitions whose tenure is still the tenure of the poll.
    /// </summary>
    /// <param name="hasMore">True when rows were left for another poll.</param>
    public List<DeferredCall> EndRead(
        IEnumerable<DeferredCall> rows, Snapshot seen, bool hasMore, long[] tenures)
    {
        isReading = false;
        snapshot = seen;
        isComplete = readsAll && !hasMore && version == partitions.Version;
        isWanted |= hasMore;
        var found = new List<DeferredCall>();
        foreach (var row in rows)
        {
            if (tenures[row.Partition.Value] == partitions.TenureOf(row.Partition) && Add(row))
                found.Add(row);
        }

        gone.ExceptWith(endedBefore);
        endedBefore = [];
        if (isComplete)
        {
            // Nobody leaves rows any more, and every hint on its way is of a row that this poll saw.
            gone.Clear();
            ended.Clear();
        }

        return found;
    }

    /// <summary>True when the row was unknown; from now on it is in memory.</summary>
    public bool Add(DeferredCall row)
    {
        if (gone.Contains(row.Sequence)
            || !known.TryAdd(row.Sequence, new Known(row.Partition, row.Arguments.Length)))
            return false;
        knownBytes += row.Arguments.Length;
        return true;
    }

    /// <summary>
    /// True when the row of a hint is to be made; from now on it is in memory. Another one was made, or a poll brings
    /// it.
    /// </summary>
    public bool AddHinted(DeferredCall row)
    {
        // Without a tenure the partition is not here at all.
        if (isComplete || IsFull || partitions.TenureOf(row.Partition) == 0)
            return false;
        return rules.TakesHint(partitions.IsHere(row.Partition), snapshot.Sees(row.Transaction)) && Add(row);
    }

    /// <summary>The row was durably deleted.</summary>
    public void End(long sequence)
    {
        if (known.Remove(sequence, out var row))
            knownBytes -= row.Bytes;
        if (isComplete && !isReading)
            return;
        gone.Add(sequence);
        ended.Add(sequence);
    }

    /// <summary>The partition is gone: another silo makes its remaining calls.</summary>
    public void Drop(PartitionId partition)
    {
        isComplete = false;
        foreach (var (sequence, row) in known.Where(row => row.Value.Partition == partition).ToList())
        {
            known.Remove(sequence);
            knownBytes -= row.Bytes;
        }
    }

    private readonly record struct Known(PartitionId Partition, int Bytes);
}
