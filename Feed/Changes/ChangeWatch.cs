using Tributary.Aggregates;
using Tributary.Storage.Rounds;

namespace Tributary.Feed.Changes;

/// <summary>
/// Tells the watchers of an item, or of a group's aggregates, that a round of this process changed it: also when no
/// message came, because an earlier one was processed. Without watchers it costs rounds nothing.
/// </summary>
public sealed class ChangeWatch : IChangeOrigin
{
    private readonly Lock gate = new();
    private readonly KeyWatchers<Action<string>> items = new();
    private readonly KeyWatchers<Action<string>> groups = new();
    private readonly List<Action<RoundNews>> rounds = [];

    /// <summary>
    /// Called when one of the item's messages was processed, or when an aggregate of the group changed for any reason.
    /// New messages of an item come by the feed.
    /// </summary>
    /// <param name="changed">
    /// Given the item's id or the aggregate's key, beside the loop; must return at once and throw nothing.
    /// </param>
    public IDisposable Watch(WatchedKey key, Action<string> changed)
    {
        lock (gate)
            Of(key).Add(key, changed);
        return new Leaving(() =>
        {
            lock (gate)
                Of(key).Remove(key, changed);
        });
    }

    // Rounds of this process are never missed.
    IDisposable IChangeOrigin.Watch(WatchedKey key, Action<string> changed, Action doubted) => Watch(key, changed);

    /// <summary>Called after each round that stored messages or raised failures.</summary>
    /// <param name="told">Called beside the loop; must return at once and throw nothing.</param>
    public IDisposable WatchRounds(Action<RoundNews> told)
    {
        lock (gate)
            rounds.Add(told);
        return new Leaving(() =>
        {
            lock (gate)
                rounds.Remove(told);
        });
    }

    /// <summary>The round is durable.</summary>
    public void Committed(RoundCommit round)
    {
        lock (gate)
        {
            if (rounds.Count > 0 && RoundNews.Of(round) is { IsEmpty: false } news)
            {
                foreach (var told in rounds)
                    told(news);
            }

            if (!items.IsEmpty)
            {
                foreach (var row in round.Parts)
                    Tell(items, WatchedKey.OfItem(row.Item), row.Item);
            }

            if (groups.IsEmpty)
                return;
            foreach (var row in round.States)
            {
                if (row.Table == StateTable.Aggregates && AggregateKey.Parse(row.Grain.Key) is var key)
                    Tell(groups, WatchedKey.OfGroup(key.Generation, key.Group), row.Grain.Key);
            }
        }
    }

    private static void Tell(KeyWatchers<Action<string>> watchers, WatchedKey key, string changed)
    {
        foreach (var watcher in watchers.Of(key))
            watcher(changed);
    }

    private KeyWatchers<Action<string>> Of(WatchedKey key) => key.IsItem ? items : groups;
}
