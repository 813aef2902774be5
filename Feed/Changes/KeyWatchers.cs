namespace Tributary.Feed.Changes;

/// <summary>Watchers by the key that they watch. Its owner serialises all calls.</summary>
internal sealed class KeyWatchers<TWatcher> where TWatcher : class
{
    private readonly Dictionary<WatchedKey, List<TWatcher>> byKey = [];

    public bool IsEmpty => byKey.Count == 0;

    public IReadOnlyCollection<WatchedKey> Keys => byKey.Keys;

    public IEnumerable<TWatcher> All => byKey.Values.SelectMany(static watchers => watchers);

    public IReadOnlyList<TWatcher> Of(WatchedKey key) => byKey.TryGetValue(key, out var found) ? found : [];

    /// <summary>True when nobody watched the key before.</summary>
    public bool Add(WatchedKey key, TWatcher watcher)
    {
        var isNew = !byKey.TryGetValue(key, out var found);
        if (isNew)
            byKey.Add(key, found = []);
        found!.Add(watcher);
        return isNew;
    }

    /// <summary>True when nobody watches the key any more.</summary>
    public bool Remove(WatchedKey key, TWatcher watcher)
    {
        if (!byKey.TryGetValue(key, out var found) || !found.Remove(watcher) || found.Count > 0)
            return false;
        return byKey.Remove(key);
    }
}

/// <summary>Ends a watch, once.</summary>
internal sealed class Leaving(Action leave) : IDisposable
{
    private Action? left = leave;

    public void Dispose() => Interlocked.Exchange(ref left, null)?.Invoke();
}
