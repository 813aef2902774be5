using Tributary.Messages;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Partitions;
using ScopedKey = (Tributary.PartitionId Partition, Tributary.Messages.ExternalKey Key);

namespace Tributary.Rounds.Loading;

/// <summary>
/// The known external ids: found or not found in the store, or written by a round. The entry of a round stays until the
/// round is durable; after that the entry is a cache, and the oldest leave first. An external id is unique within its
/// source and item, and lies in the partition of the item.
/// </summary>
internal sealed class ExternalIds(int capacity)
{
    private readonly Dictionary<ScopedKey, Entry> entries = [];
    private readonly Queue<ScopedKey> order = new();

    /// <summary>The message under this key. The engine has loaded the key before the turn that asks.</summary>
    public KnownMessage? Find(ScopedKey key) =>
        entries.TryGetValue(key, out var entry) && entry.IsLoaded
            ? entry.Message
            : throw new InvalidOperationException("A turn looks up an external id that its call's needs do not name.");

    /// <summary>
    /// True when a turn may look the key up now. Otherwise <paramref name="waiting"/> takes the input that waits, and
    /// <paramref name="isFirst"/> says that a load must be issued.
    /// </summary>
    public bool IsLoaded(ScopedKey key, out List<Input> waiting, out bool isFirst)
    {
        isFirst = false;
        if (!entries.TryGetValue(key, out var entry))
        {
            entry = new Entry();
            entries.Add(key, entry);
            order.Enqueue(key);
            isFirst = true;
        }

        waiting = entry.Waiting;
        return entry.IsLoaded;
    }

    public bool Contains(ScopedKey key) => entries.ContainsKey(key);

    /// <summary>Ends a load; returns the inputs that waited for it.</summary>
    public IReadOnlyList<Input> Load(ScopedKey key, KnownMessage? found)
    {
        var entry = entries[key];
        entry.IsLoaded = true;
        entry.Message = found;
        var waited = entry.Waiting;
        entry.Waiting = [];
        return waited;
    }

    public void Write(ScopedKey key, KnownMessage message, long round)
    {
        var entry = entries[key];
        entry.Message = message;
        entry.Round = round;
    }

    /// <summary>The round is durable; a later round cannot have written the key again, because it was taken.</summary>
    public void Commit(ScopedKey key) => entries[key].Round = 0;

    /// <summary>Inputs that wait for a load.</summary>
    public IEnumerable<Input> Waiting() => entries.Values.SelectMany(entry => entry.Waiting);

    /// <summary>
    /// The round that wrote the key never happened. Only keys that were known to be free are written, so it is free
    /// again.
    /// </summary>
    public void Revert(ScopedKey key)
    {
        var entry = entries[key];
        entry.Message = null;
        entry.Round = 0;
    }

    /// <summary>Keeps the key in memory while an input waits for other needs: adds one pin.</summary>
    public Entry Pin(ScopedKey key)
    {
        var entry = entries[key];
        entry.PinsCount++;
        return entry;
    }

    /// <summary>
    /// Drops the keys of some partitions, all of which are durable; returns the inputs that waited for them.
    /// </summary>
    public List<Input> Drop(PartitionSet partitions)
    {
        var waited = new List<Input>();
        var left = order.ToList();
        order.Clear();
        foreach (var key in left)
        {
            if (!partitions.Contains(key.Partition))
            {
                order.Enqueue(key);
                continue;
            }

            entries.Remove(key, out var entry);
            if (entry!.Round != 0)
            {
                throw new InvalidOperationException(
                    $"Partition {key.Partition} was given before its rounds were durable.");
            }


            waited.AddRange(entry.Waiting);
        }

        return waited;
    }

    public void Trim()
    {
        for (var looks = order.Count; entries.Count > capacity && looks > 0; looks--)
        {
            var key = order.Dequeue();
            var entry = entries[key];
            if (entry.IsLoaded && entry.Round == 0 && entry.PinsCount == 0)
                entries.Remove(key);
            else
                order.Enqueue(key);
        }
    }

    /// <summary>The known message of one key, or that there is none.</summary>
    public sealed class Entry
    {
        public bool IsLoaded { get; set; }

        public KnownMessage? Message { get; set; }

        /// <summary>The round that wrote the entry, until that round is durable; else 0.</summary>
        public long Round { get; set; }

        public int PinsCount { get; set; }

        public List<Input> Waiting { get; set; } = [];
    }
}
