using Tributary.Runtime.Store;

namespace Tributary.Runtime.Kept;

/// <summary>
/// The one look that an incarnation takes at what earlier ones held: calls by their sequence, then reminders by their
/// grain, a page at a
/// time; the next page is read when the one before has had its turns. What is still held afterwards waits for another
/// build, and costs
/// nothing until then. Used by the loop only.
/// </summary>
/// <param name="last">The last call that was there when the incarnation began.</param>
internal sealed class HeldPass(RoundOptions options, long last)
{
    private long afterCall;
    private HeldMark? afterReminder;
    private bool isReading;
    private bool hasCalls = last > 0;

    // Inputs of the page that have not had their turn.
    private int openCount;

    /// <summary>True when the last page was read.</summary>
    public bool IsOver { get; private set; }

    /// <summary>True when all have had their turns.</summary>
    public bool IsDone => IsOver && openCount == 0;

    /// <summary>True when a page is to be read; <paramref name="calls"/> says of what.</summary>
    public bool TryBeginRead(out bool calls, out long afterCall, out HeldMark? afterReminder)
    {
        (calls, afterCall, afterReminder) = (hasCalls, this.afterCall, this.afterReminder);
        if (IsOver || isReading || openCount > 0)
            return false;
        isReading = true;
        return true;
    }

    /// <summary>Ends a read of calls; returns those that get a turn.</summary>
    public IEnumerable<HeldCall> EndRead(IReadOnlyList<HeldCall> rows)
    {
        isReading = false;
        // Beyond the last one are those that this incarnation held itself.
        var mine = rows.Where(row => row.Call.Sequence <= last).ToList();
        hasCalls = mine.Count == options.MaxHeldReadCount;
        if (mine.Count > 0)
            afterCall = mine[^1].Call.Sequence;
        openCount = mine.Count;
        return mine;
    }

    /// <summary>Ends a read of reminders; all of them get a turn.</summary>
    public void EndRead(IReadOnlyList<HeldReminder> rows)
    {
        isReading = false;
        IsOver = rows.Count < options.MaxHeldReadCount;
        if (rows.Count > 0)
            afterReminder = rows[^1].Mark;
        openCount = rows.Count;
    }

    /// <summary>One of the page has had its turn.</summary>
    public void Take() => openCount--;
}
