using Tributary.Runtime.Store;

namespace Tributary.Runtime.Reminders;

/// <summary>
/// The durable reminders that are due soon, and what rounds on their way do to them. Only the near future is in memory,
/// by range of the store's index: the rest costs disk. Used by the loop only.
/// </summary>
internal sealed class ReminderBook(SiloOptions options)
{
    private readonly Dictionary<(GrainId Grain, string Name), ReminderEntry> entries = [];
    private readonly PriorityQueue<ReminderEntry, DateTimeOffset> byDue = new();

    // Writes of rounds that are not durable yet, by the last round that wrote the name.
    private readonly Dictionary<(GrainId Grain, string Name), long> overlay = [];

    // Writes that became durable since the read under way was issued: the read may or may not have seen them.
    private readonly List<ReminderWrite> sinceRead = [];

    // Every reminder at or before this mark is in memory.
    private ReminderMark window = new(DateTimeOffset.MinValue, new GrainId("", ""), "");
    private bool isReading;

    public int Count => entries.Count;

    /// <summary>When the next entry that was not handed on is due.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            DropStale();
            return byDue.TryPeek(out _, out var due) ? due : null;
        }
    }

    /// <summary>When the next read is needed; null while one is under way or memory has no room.</summary>
    public DateTimeOffset? NextRead =>
        isReading || entries.Count > options.MaxRemindersCount / 2 || window.Due == DateTimeOffset.MinValue ? null : window.Due - (options.ReminderWindow / 2);

    /// <summary>True when a newer write of the same name exists, durable or on its way: the entry must not act.</summary>
    public bool IsStale(ReminderEntry entry)
    {
        var key = (entry.Row.Grain, entry.Row.Name);
        return overlay.ContainsKey(key) || !entries.TryGetValue(key, out var current) || !ReferenceEquals(current, entry);
    }

    /// <summary>A turn of <paramref name="round"/> wrote the name.</summary>
    public void Overlay(GrainId grain, string name, long round) => overlay[(grain, name)] = round;

    /// <summary>The round that wrote these names never happened.</summary>
    public void Revert(IEnumerable<ReminderWrite> writes)
    {
        foreach (var write in writes)
            overlay.Remove((write.Grain, write.Name));
    }

    /// <summary>The writes of <paramref name="round"/> are durable.</summary>
    public void Commit(IEnumerable<ReminderWrite> writes, long round)
    {
        foreach (var write in writes)
        {
            if (overlay.TryGetValue((write.Grain, write.Name), out var last) && last == round)
                overlay.Remove((write.Grain, write.Name));
            if (isReading)
                sinceRead.Add(write);
            Apply(write);
        }

        if (entries.Count > options.MaxRemindersCount * 2)
            ForgetFuture();
    }

    /// <summary>The next entry that is due, or null.</summary>
    public ReminderEntry? TakeDue(DateTimeOffset now)
    {
        DropStale();
        if (!byDue.TryPeek(out var entry, out var due) || due > now)
            return null;
        byDue.Dequeue();
        entry.IsFired = true;
        return entry;
    }

    /// <summary>Where the next read begins and ends, when one is needed; the read must end in <see cref="EndRead"/>.</summary>
    public bool TryBeginRead(DateTimeOffset now, out ReminderMark after, out DateTimeOffset until)
    {
        after = window;
        until = TruncateToMicroseconds(now + options.ReminderWindow);
        if (isReading || entries.Count > options.MaxRemindersCount / 2 || window.Due > now + (options.ReminderWindow / 2))
            return false;
        isReading = true;
        sinceRead.Clear();
        return true;
    }

    /// <summary>Lays what was read under what is known: what became durable meanwhile wins. Null when the read failed.</summary>
    public void EndRead(IReadOnlyList<ReminderRow>? rows, DateTimeOffset until)
    {
        isReading = false;
        if (rows is null)
            return;
        window = rows.Count < options.MaxRemindersCount ? ReminderMark.At(until) : rows[^1].Mark;
        foreach (var row in rows)
        {
            if (!entries.ContainsKey((row.Grain, row.Name)))
                Add(row);
        }

        foreach (var write in sinceRead)
            Apply(write);
    }

    private void Apply(ReminderWrite write)
    {
        var key = (write.Grain, write.Name);
        if (write.Set is not { } set)
        {
            entries.Remove(key);
            return;
        }

        // Equal to what is here means that this very write is in memory already: handed on, it must not act twice.
        if (entries.TryGetValue(key, out var known) && ReferenceEquals(known.Row.Origin, set))
            return;
        entries.Remove(key);
        var row = new ReminderRow(write.Partition, write.Grain, write.Name, set.Due, set.Attempt, set.Activity, set.Payload) { Origin = set };
        if (Compare(row.Mark, window) <= 0)
            Add(row);
    }

    private void Add(ReminderRow row)
    {
        var entry = new ReminderEntry(row);
        entries[(row.Grain, row.Name)] = entry;
        byDue.Enqueue(entry, row.Due);
    }

    // Entries that were replaced or removed stay in the queue until they come up.
    private void DropStale()
    {
        while (byDue.TryPeek(out var entry, out _)
            && !(entries.TryGetValue((entry.Row.Grain, entry.Row.Name), out var current) && ReferenceEquals(current, entry)))
            byDue.Dequeue();
    }

    // Too many for memory: keeps what was handed on, and reads the near future again.
    private void ForgetFuture()
    {
        foreach (var (key, entry) in entries)
        {
            if (!entry.IsFired)
                entries.Remove(key);
        }

        byDue.Clear();
        window = new ReminderMark(DateTimeOffset.MinValue, new GrainId("", ""), "");
    }

    private static DateTimeOffset TruncateToMicroseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    private static int Compare(ReminderMark left, ReminderMark right)
    {
        var order = left.Due.CompareTo(right.Due);
        if (order == 0)
            order = Utf8Order.Compare(left.Grain.Type, right.Grain.Type);
        if (order == 0)
            order = Utf8Order.Compare(left.Grain.Key, right.Grain.Key);
        return order != 0 ? order : Utf8Order.Compare(left.Name, right.Name);
    }
}
