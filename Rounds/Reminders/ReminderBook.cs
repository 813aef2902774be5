using Tributary.Rounds.Partitions;
using Tributary.Storage;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Reminders;

/// <summary>
/// The durable reminders that are due soon, and the writes of rounds that are not durable yet. Only the near future is
/// in memory, by range of the store's index: the rest costs disk alone. Used by the loop only.
/// </summary>
internal sealed class ReminderBook(RoundOptions options)
{
    private readonly Dictionary<(RoundGrainId Grain, string Name), ReminderEntry> entries = [];
    private readonly LocalHandOvers handOvers = new(options);

    // Apart from activities, which may have to wait for room when reminders need not.
    private readonly PriorityQueue<ReminderEntry, DateTimeOffset> reminders = new();
    private readonly PriorityQueue<ReminderEntry, DateTimeOffset> activities = new();

    // Writes of rounds that are not durable yet, by the last round that wrote the name.
    private readonly Dictionary<(RoundGrainId Grain, string Name), long> overlay = [];

    // Writes that became durable since the read under way was issued: the read may or may not have seen them.
    private readonly List<ReminderWrite> sinceRead = [];

    // Every reminder at or before this mark is in memory.
    private ReminderMark window = new(DateTimeOffset.MinValue, new RoundGrainId("", ""), "");
    private bool isReading;

    // True when the read under way began at a mark at which memory no longer ends.
    private bool isReadVoid;

    public int Count => entries.Count;

    /// <summary>Activities that were started and whose end is not durable.</summary>
    public int StartedCount { get; private set; }

    /// <summary>
    /// When the next entry that was not handed on is due. Activities count only when there is room for them.
    /// </summary>
    public DateTimeOffset? NextDue(bool withActivities) => Next(withActivities)?.Row.Due;

    /// <summary>When the next read is needed; null while one is under way or memory has no room.</summary>
    public DateTimeOffset? NextRead =>
        isReading || entries.Count > options.MaxRemindersCount / 2 || window.Due == DateTimeOffset.MinValue
            ? null
            : window.Due - (options.ReminderWindow / 2);

    /// <summary>
    /// True when a newer write of the same name exists, durable or on its way: the entry must not act.
    /// </summary>
    public bool IsStale(ReminderEntry entry)
    {
        return overlay.ContainsKey((entry.Row.Grain, entry.Row.Name)) || !IsCurrent(entry);
    }

    /// <summary>A turn of <paramref name="round"/> wrote the name.</summary>
    public void Overlay(RoundGrainId grain, string name, long round) => overlay[(grain, name)] = round;

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
                sinceRead.Add(write with { Local = null });
            Apply(write);
        }

        if (entries.Count > options.MaxRemindersCount * 2)
            ForgetFuture();
    }

    /// <summary>The next entry that is due, or null; activities only when there is room for them.</summary>
    public ReminderEntry? TakeDue(DateTimeOffset now, bool withActivities)
    {
        if (Next(withActivities) is not { } entry || entry.Row.Due > now)
            return null;
        QueueOf(entry).Dequeue();
        entry.IsFired = true;
        return entry;
    }

    /// <summary>
    /// Takes the object that was handed over with an activity that starts now. False when the activity was replaced or
    /// removed while it waited. A write that is not durable may never happen, and does not count.
    /// </summary>
    public bool TryStart(ReminderEntry entry, out object? local)
    {
        local = handOvers.Release(entry);
        if (!IsCurrent(entry))
            return false;
        entry.IsStarted = true;
        StartedCount++;
        return true;
    }

    /// <summary>
    /// Where the next read begins and ends, when one is needed; the read must end in <see cref="EndRead"/>.
    /// </summary>
    public bool TryBeginRead(DateTimeOffset now, out ReminderMark after, out DateTimeOffset until)
    {
        after = window;
        until = TruncateToMicroseconds(now + options.ReminderWindow);
        if (isReading
            || entries.Count > options.MaxRemindersCount / 2
            || window.Due > now + (options.ReminderWindow / 2))
            return false;
        isReading = true;
        isReadVoid = false;
        sinceRead.Clear();
        return true;
    }

    /// <summary>Adds the rows of a read: a write that became durable meanwhile wins.</summary>
    public void EndRead(IReadOnlyList<ReminderRow> rows, DateTimeOffset until)
    {
        isReading = false;
        if (isReadVoid)
            return;
        window = rows.Count < options.MaxRemindersCount ? ReminderMark.At(until) : rows[^1].Mark;
        foreach (var row in rows)
        {
            if (!entries.ContainsKey((row.Grain, row.Name)))
                Add(new ReminderEntry(row));
        }

        foreach (var write in sinceRead)
            Apply(write);
    }

    private void Apply(ReminderWrite write)
    {
        var key = (write.Grain, write.Name);
        if (write.Set is not { } set)
        {
            Remove(key);
            return;
        }

        // The same origin means that this very write is in memory already: an entry that was handed on must not act
        // twice.
        if (entries.TryGetValue(key, out var known) && ReferenceEquals(known.Row.Origin, set))
            return;
        Remove(key);
        var row = new ReminderRow(
            write.Partition, write.Grain, write.Name, set.Due, set.Attempt, set.Activity, set.Payload)
        {
            Origin = set,
        };
        if (Compare(row.Mark, window) > 0)
            return;
        var entry = new ReminderEntry(row);
        handOvers.Admit(entry, write.Local, write.LocalBytes);
        Add(entry);
    }

    private void Add(ReminderEntry entry)
    {
        entries[(entry.Row.Grain, entry.Row.Name)] = entry;
        QueueOf(entry).Enqueue(entry, entry.Row.Due);
    }

    private void Remove((RoundGrainId Grain, string Name) key)
    {
        if (!entries.Remove(key, out var entry))
            return;
        handOvers.Release(entry);
        if (entry.IsStarted)
            StartedCount--;
    }

    /// <summary>False when the durable row of this name is another one, or there is none.</summary>
    public bool IsCurrent(ReminderEntry entry) =>
        entries.TryGetValue((entry.Row.Grain, entry.Row.Name), out var current) && ReferenceEquals(current, entry);

    private PriorityQueue<ReminderEntry, DateTimeOffset> QueueOf(ReminderEntry entry) =>
        entry.Row.Activity is null ? reminders : activities;

    // The earlier of both queues, so that neither holds up the other.
    private ReminderEntry? Next(bool withActivities)
    {
        var reminder = First(reminders);
        var activity = withActivities ? First(activities) : null;
        return reminder is null || activity?.Row.Due < reminder.Row.Due ? activity : reminder;
    }

    // Entries that were replaced or removed stay in the queue until they come up.
    private ReminderEntry? First(PriorityQueue<ReminderEntry, DateTimeOffset> queue)
    {
        while (queue.TryPeek(out var entry, out _))
        {
            if (IsCurrent(entry))
                return entry;
            queue.Dequeue();
        }

        return null;
    }

    /// <summary>
    /// Reminders before the mark are due again: keeps the entries that were handed on, and reads the rest anew.
    /// </summary>
    public void ReadAnew() => ForgetFuture();

    /// <summary>
    /// Partitions came or went: entries of partitions that went leave, and reminders that are due soon are read anew
    /// for the partitions that are here. A read that is under way is of other partitions, and its result is ignored.
    /// </summary>
    public void Change(PartitionSet gone)
    {
        foreach (var (key, entry) in entries)
        {
            if (gone.Contains(entry.Row.Partition))
                Remove(key);
        }

        ForgetFuture();
    }

    // Keeps the entries that were handed on, and reads the near future again.
    private void ForgetFuture()
    {
        foreach (var (key, entry) in entries)
        {
            if (!entry.IsFired)
                Remove(key);
        }

        reminders.Clear();
        activities.Clear();
        isReadVoid = isReading;
        window = new ReminderMark(DateTimeOffset.MinValue, new RoundGrainId("", ""), "");
    }

    private static DateTimeOffset TruncateToMicroseconds(DateTimeOffset time) =>
        time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

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
