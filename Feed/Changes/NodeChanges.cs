using Tributary.Aggregates;

namespace Tributary.Feed.Changes;

/// <summary>
/// Tells the subscribers of this node of changes that rounds of any silo made. Rounds of this process tell directly;
/// each other silo tells by a <see cref="KeyLink"/>, which has the keys that are watched here. Whatever may have been
/// missed is told as a doubt: the subscriber reads its state again, and so gets the newest one.
/// </summary>
public sealed class NodeChanges(ChangeWatch rounds) : IChangeOrigin
{
    private readonly Lock gate = new();
    private readonly KeyWatchers<Watcher> watchers = new();
    private readonly List<KeyLink> links = [];
    private readonly List<Action<RoundNews>> told = [];

    /// <summary>Called for each change of the key, beside the loop; see <see cref="ChangeWatch.Watch"/>.</summary>
    /// <param name="doubted">
    /// Called when changes may have been missed: what was read before this call may be old. Must return at once and
    /// throw nothing.
    /// </param>
    public IDisposable Watch(WatchedKey key, Action<string> changed, Action doubted)
    {
        var watcher = new Watcher(changed, doubted);
        lock (gate)
        {
            if (watchers.Add(key, watcher))
                Tell(link => link.Add(key));
        }

        var near = rounds.Watch(key, changed);
        return new Leaving(() =>
        {
            near.Dispose();
            lock (gate)
            {
                if (watchers.Remove(key, watcher))
                    Tell(link => link.Remove(key));
            }
        });
    }

    /// <summary>
    /// Completes when all silos that can be reached know the keys that are watched now. A silo that cannot be reached
    /// is told later, and a doubt follows.
    /// </summary>
    public async Task WhenKnown()
    {
        List<Task> waited;
        lock (gate)
            waited = [.. links.SelectMany(static link => link.WhenKnown)];
        foreach (var one in waited)
            await one;
    }

    /// <summary>Called when a silo has raised failures, or may have; must return at once and throw nothing.</summary>
    public IDisposable WatchFailures(Action raised) => WatchRounds(news =>
    {
        if (news.HasFailures)
            raised();
    });

    /// <inheritdoc/>
    public IDisposable WatchRounds(Action<RoundNews> told)
    {
        lock (gate)
            this.told.Add(told);
        var near = rounds.WatchRounds(told);
        return new Leaving(() =>
        {
            near.Dispose();
            lock (gate)
                this.told.Remove(told);
        });
    }

    /// <summary>From now on another silo is told the keys that are watched here.</summary>
    public KeyLink Link()
    {
        var link = new KeyLink(gate, () => watchers.Keys);
        lock (gate)
            links.Add(link);
        return link;
    }

    /// <summary>The silo is gone, or nobody reads here any more.</summary>
    public void Unlink(KeyLink link)
    {
        lock (gate)
            links.Remove(link);
        link.GiveUp();
    }

    /// <summary>Another silo changed an item.</summary>
    public void ItemChanged(string id) => Changed(WatchedKey.OfItem(id), id);

    /// <summary>Another silo changed an aggregate.</summary>
    /// <param name="key">An <see cref="AggregateKey"/> as text.</param>
    public void AggregateChanged(string key)
    {
        var parsed = AggregateKey.Parse(key);
        Changed(WatchedKey.OfGroup(parsed.Generation, parsed.Group), key);
    }

    /// <summary>Another silo has stored messages or raised failures.</summary>
    public void Told(RoundNews news)
    {
        lock (gate)
        {
            foreach (var one in told)
                one(news);
        }
    }

    /// <summary>Changes by another silo may have been missed.</summary>
    public void Doubt()
    {
        lock (gate)
        {
            foreach (var watcher in watchers.All)
                watcher.Doubted();
        }

        Told(new RoundNews(HasMessages: true, HasFailures: true));
    }

    private void Changed(WatchedKey key, string changed)
    {
        lock (gate)
        {
            foreach (var watcher in watchers.Of(key))
                watcher.Changed(changed);
        }
    }

    private void Tell(Action<KeyLink> tell)
    {
        foreach (var link in links)
            tell(link);
    }

    private sealed record Watcher(Action<string> Changed, Action Doubted);
}
