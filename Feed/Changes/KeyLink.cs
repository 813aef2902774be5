namespace Tributary.Feed.Changes;

/// <summary>
/// The keys that are watched in this node, on their way to one other silo: all of them when a session begins, and then
/// what has changed since. Changes wait as one change for each key, so that they need no more room than the keys.
/// </summary>
public sealed class KeyLink
{
    private readonly Lock gate;
    private readonly Func<IReadOnlyCollection<WatchedKey>> keys;
    private readonly Wakeup changed = new();

    // Complete when the silo knows the keys that were sent.
    private readonly List<TaskCompletionSource> sent = [New()];

    // True for keys to add, false for keys to remove.
    private Dictionary<WatchedKey, bool> pending = [];

    // Completes when the silo knows the keys that are to be sent.
    private TaskCompletionSource? waiting;
    private bool isBroken;

    /// <param name="gate">Held by the code that changes the keys.</param>
    internal KeyLink(Lock gate, Func<IReadOnlyCollection<WatchedKey>> keys)
    {
        this.gate = gate;
        this.keys = keys;
    }

    /// <summary>
    /// Complete when the silo knows all keys of this moment, or cannot be reached. Called under the gate.
    /// </summary>
    internal IEnumerable<Task> WhenKnown =>
        sent.Concat(waiting is { } more ? [more] : []).Select(static one => one.Task);

    /// <summary>A session begins: returns all keys, and what waited is among them.</summary>
    public IReadOnlyList<WatchedKey> Begin()
    {
        lock (gate)
        {
            isBroken = false;
            pending = [];
            Send();
            sent.Add(New());
            return [.. keys()];
        }
    }

    /// <summary>The changes since the session began or since the last call; null when there are none.</summary>
    public KeyChange? Take()
    {
        lock (gate)
        {
            if (pending.Count == 0)
                return null;
            var taken = pending;
            pending = [];
            Send();
            return new KeyChange(
                [.. taken.Where(static pair => pair.Value).Select(static pair => pair.Key)],
                [.. taken.Where(static pair => !pair.Value).Select(static pair => pair.Key)]);
        }
    }

    /// <summary>The silo knows what <see cref="Begin"/> or <see cref="Take"/> returned.</summary>
    public void Known()
    {
        lock (gate)
        {
            foreach (var one in sent)
                one.SetResult();
            sent.Clear();
        }
    }

    /// <summary>The silo cannot be reached: nobody waits for it. The next session begins with all keys.</summary>
    public void GiveUp()
    {
        lock (gate)
        {
            isBroken = true;
            pending = [];
            Send();
            Known();
        }
    }

    /// <summary>Completes when there may be something to <see cref="Take"/>.</summary>
    public Task WaitAsync(CancellationToken cancellation) => changed.WaitAsync(cancellation);

    internal void Add(WatchedKey key) => Change(key, isAdded: true);

    internal void Remove(WatchedKey key) => Change(key, isAdded: false);

    private void Change(WatchedKey key, bool isAdded)
    {
        if (isBroken)
            return;
        pending[key] = isAdded;
        // Nobody waits for a removal.
        if (isAdded)
            waiting ??= New();
        changed.Wake();
    }

    private void Send()
    {
        if (waiting is { } sending)
            sent.Add(sending);
        waiting = null;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A change of the keys that are watched in a node.</summary>
public sealed record KeyChange(IReadOnlyList<WatchedKey> Added, IReadOnlyList<WatchedKey> Removed);
