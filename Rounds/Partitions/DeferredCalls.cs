using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Partitions;

/// <summary>
/// The deferred calls of the partitions that are here. They are read once at each take, and repeatedly while another
/// silo may leave further calls. A call is made once: a row in memory is not taken again, and a row is forgotten only
/// when no read is under way that may still have seen it. Used by the loop only.
/// </summary>
internal sealed class DeferredCalls(RoundOptions options, PartitionTable partitions)
{
    private readonly Dictionary<long, PartitionId> known = [];

    // Rows that ended durably while a read was under way, which may have seen them.
    private readonly List<long> ended = [];
    private bool isReading;
    private bool isWanted;

    // True when all rows that can exist are in memory: all partitions are here, and no other silo leaves calls.
    private bool isComplete;
    private bool readsAll;
    private long version;
    private DateTimeOffset readAt;

    /// <summary>Asks for a read: a take is durable, or another silo has left calls.</summary>
    public void Want() => isWanted = true;

    /// <summary>When the next read is to begin; null when none is needed, or one is under way.</summary>
    public DateTimeOffset? NextRead =>
        isReading || (partitions.HereCount == 0 && !partitions.HasReading) ? null
        : isWanted ? DateTimeOffset.MinValue
        : isComplete || known.Count > options.MaxRoundInputsCount ? null
        : readAt + options.DeferredPollInterval;

    /// <summary>True when a read is to begin now; it must end in <see cref="EndRead"/>.</summary>
    /// <param name="of">The partitions to read; null: all.</param>
    /// <param name="tenures">The tenures that the read is of.</param>
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
        return true;
    }

    /// <summary>
    /// Ends a read; returns the unknown calls of those partitions whose tenure is still the tenure of the read.
    /// </summary>
    public List<DeferredCall> EndRead(IEnumerable<DeferredCall> rows, long[] tenures)
    {
        isReading = false;
        isComplete = readsAll && version == partitions.Version;
        var found = new List<DeferredCall>();
        foreach (var row in rows)
        {
            if (tenures[row.Partition.Value] == partitions.TenureOf(row.Partition) && Add(row))
                found.Add(row);
        }

        foreach (var sequence in ended)
            known.Remove(sequence);
        ended.Clear();
        return found;
    }

    /// <summary>True when the call was unknown; from now on it is in memory.</summary>
    public bool Add(DeferredCall call) => known.TryAdd(call.Sequence, call.Partition);

    /// <summary>The row was durably deleted.</summary>
    public void End(long sequence)
    {
        if (isReading)
            ended.Add(sequence);
        else
            known.Remove(sequence);
    }

    /// <summary>The partition is gone: another silo makes its remaining calls.</summary>
    public void Drop(PartitionId partition)
    {
        isComplete = false;
        foreach (var (sequence, _) in known.Where(row => row.Value == partition).ToList())
            known.Remove(sequence);
    }
}
