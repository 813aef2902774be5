using Tributary.Rounds.Partitions;
using Tributary.Storage.Held;

namespace Tributary.Rounds.Held;

/// <summary>
/// Tries once, in each tenure of a partition, all calls and reminders that earlier tenures held: calls by their
/// sequence, then reminders by their grain, a page at a time. The next page is read when the page before has had its
/// turns. Rows that are still held afterwards wait for another build, and cost nothing until then. Partitions that are
/// taken meanwhile have a pass of their own afterwards. Used by the loop only.
/// </summary>
internal sealed class HeldPass(RoundOptions options, PartitionTable partitions)
{
    // The tenures of this pass, and those of the next pass.
    private Dictionary<PartitionId, long> current = [];
    private Dictionary<PartitionId, long> next = [];

    // The last call that was there when the pass began; null before it is known.
    private long? last;
    private long afterCall;
    private HeldMark? afterReminder;
    private bool isReading;
    private bool hasCalls;

    // Inputs of the page that have not had their turn.
    private int openCount;

    /// <summary>True when the last page of all requested tenures was read.</summary>
    public bool IsOver { get; private set; } = true;

    /// <summary>True when all inputs have had their turns.</summary>
    public bool IsDone => IsOver && openCount == 0;

    /// <summary>The partition is here: its held rows get a turn.</summary>
    public void Add(PartitionId partition)
    {
        next[partition] = partitions.TenureOf(partition);
        IsOver = false;
    }

    /// <summary>True when a page is to be read.</summary>
    public bool TryBeginRead(out HeldPage page)
    {
        page = default;
        if (IsOver || isReading || openCount > 0)
            return false;
        if (current.Count == 0)
        {
            (current, next) = (next, []);
            (last, hasCalls, afterCall, afterReminder) = (null, true, 0, null);
        }

        isReading = true;
        page = new HeldPage(last, hasCalls, afterCall, afterReminder);
        return true;
    }

    /// <summary>Ends a read of calls; returns those that get a turn.</summary>
    /// <param name="lastCall">The last call that was there when the pass began.</param>
    public IEnumerable<HeldCall> EndRead(IReadOnlyList<HeldCall> rows, long lastCall)
    {
        isReading = false;
        last = lastCall;
        // Calls beyond the last one were held after the pass began.
        hasCalls = rows.Count == options.MaxHeldReadCount && rows[^1].Call.Sequence < lastCall;
        if (rows.Count > 0)
            afterCall = rows[^1].Call.Sequence;
        var mine = rows.Where(row => row.Call.Sequence <= lastCall && IsMine(row.Call.Partition)).ToList();
        openCount = mine.Count;
        return mine;
    }

    /// <summary>Ends a read of reminders; returns those that get a turn.</summary>
    public IEnumerable<HeldReminder> EndRead(IReadOnlyList<HeldReminder> rows)
    {
        isReading = false;
        if (rows.Count > 0)
            afterReminder = rows[^1].Mark;
        var mine = rows.Where(row => IsMine(row.Row.Partition)).ToList();
        openCount = mine.Count;
        if (rows.Count == options.MaxHeldReadCount)
            return mine;
        current.Clear();
        IsOver = next.Count == 0;
        return mine;
    }

    /// <summary>An input of the page has had its turn.</summary>
    public void Take() => openCount--;

    private bool IsMine(PartitionId partition) =>
        current.TryGetValue(partition, out var tenure) && partitions.IsIn(partition, tenure);
}

/// <summary>The next page to read: calls first, then reminders.</summary>
/// <param name="Last">The last call that was there when the pass began; null when that is to be read first.</param>
internal readonly record struct HeldPage(long? Last, bool IsOfCalls, long AfterCall, HeldMark? AfterReminder);
