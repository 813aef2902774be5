using Tributary.Aggregates;
using Tributary.Storage.Rounds;

namespace Tributary.Pipeline.Reading;

/// <summary>
/// Tells the watchers of an item, or of a group's aggregates, that a round of this process changed it: also when no
/// message came, because an earlier one was processed. Without watchers it costs rounds nothing.
/// </summary>
public sealed class ChangeWatch
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<Watcher>> items = [];
    private readonly Dictionary<(int Generation, string Group), List<Watcher>> groups = [];

    /// <summary>Called when one of the item's messages was processed. New messages come by the feed.</summary>
    /// <param name="changed">Given the item's id, beside the loop; must return at once and throw nothing.</param>
    public IDisposable WatchItem(string item, Action<string> changed) => Watch(items, item, changed);

    /// <summary>Called when an aggregate of the group changed, for any reason.</summary>
    /// <param name="generation">The id of the definition's generation.</param>
    /// <param name="changed">Given the aggregate's key, beside the loop; must return at once and throw nothing.</param>
    public IDisposable WatchGroup(int generation, string group, Action<string> changed) =>
        Watch(groups, (generation, group), changed);

    /// <summary>The round is durable.</summary>
    public void Committed(RoundCommit round)
    {
        lock (gate)
        {
            if (items.Count > 0)
            {
                foreach (var row in round.Parts)
                    Tell(items, row.Item, row.Item);
            }

            if (groups.Count == 0)
                return;
            foreach (var row in round.States)
            {
                if (row.Table == StateTable.Aggregates && AggregateKey.Parse(row.Grain.Key) is var key)
                    Tell(groups, (key.Generation, key.Group), row.Grain.Key);
            }
        }
    }

    private static void Tell<TKey>(Dictionary<TKey, List<Watcher>> watchers, TKey key, string changed)
        where TKey : notnull
    {
        if (!watchers.TryGetValue(key, out var found))
            return;
        foreach (var watcher in found)
            watcher.Changed(changed);
    }

    private Watcher Watch<TKey>(Dictionary<TKey, List<Watcher>> watchers, TKey key, Action<string> changed)
        where TKey : notnull
    {
        lock (gate)
        {
            if (!watchers.TryGetValue(key, out var found))
                watchers.Add(key, found = []);
            Watcher watcher = null!;
            watcher = new Watcher(changed, Leave);
            found.Add(watcher);
            return watcher;

            void Leave()
            {
                lock (gate)
                {
                    found.Remove(watcher);
                    // A key that was watched anew has another list.
                    if (found.Count == 0 && watchers.TryGetValue(key, out var present) && present == found)
                        watchers.Remove(key);
                }
            }
        }
    }

    private sealed class Watcher(Action<string> changed, Action leave) : IDisposable
    {
        public Action<string> Changed => changed;

        public void Dispose() => leave();
    }
}
