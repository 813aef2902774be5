using Tributary.Feed;
using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>
/// What has changed since a node listened last. Rounds only note it: they never wait for the node, and when it is slow
/// the notes become one that says that anything may have changed.
/// </summary>
internal sealed class ChangeSession : IDisposable
{
    /// <summary>Most changed keys that wait for the node; with more, the report is cut.</summary>
    public const int MaxWaitingCount = 10_000;

    /// <summary>Most characters of the changed keys that wait for the node; with more, the report is cut.</summary>
    public const int MaxWaitingLength = 2 << 20;

    private readonly IChangeOrigin origin;
    private readonly TimeProvider time;
    private readonly IDisposable rounds;
    private readonly Lock gate = new();

    // Changed by one call at a time: calls of a node's session follow each other.
    private readonly Dictionary<WatchedKey, IDisposable> keys = [];
    private readonly HashSet<string> items = [];
    private readonly HashSet<string> aggregates = [];
    private readonly Wakeup signal = new();
    private RoundNews news;
    private int length;
    private bool isCut;
    private long heardAt;
    private int isListening;

    public ChangeSession(IChangeOrigin origin, TimeProvider time)
    {
        (this.origin, this.time) = (origin, time);
        heardAt = time.GetTimestamp();
        rounds = origin.WatchRounds(Tell);
    }

    /// <summary>How long ago the node listened last; zero while it listens.</summary>
    public TimeSpan Silence =>
        Volatile.Read(ref isListening) > 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref heardAt));

    public int KeysCount => keys.Count;

    public void Change(IEnumerable<WatchedKey> added, IEnumerable<WatchedKey> removed)
    {
        foreach (var key in added)
        {
            if (!keys.ContainsKey(key))
                keys.Add(key, origin.Watch(key, key.IsItem ? ItemChanged : AggregateChanged, Doubted));
        }

        foreach (var key in removed)
        {
            if (keys.Remove(key, out var watched))
                watched.Dispose();
        }
    }

    /// <summary>Waits until there is something to report, or until the time is over.</summary>
    public async Task<ChangeReport> ListenAsync(TimeSpan limit)
    {
        Interlocked.Increment(ref isListening);
        try
        {
            // When the time is over, an empty report tells the node that the session goes on.
            await signal.WaitAsync(limit, time, CancellationToken.None);
        }
        finally
        {
            Volatile.Write(ref heardAt, time.GetTimestamp());
            Interlocked.Decrement(ref isListening);
        }

        return Take();
    }

    public void Dispose()
    {
        rounds.Dispose();
        foreach (var watched in keys.Values)
            watched.Dispose();
        keys.Clear();
        signal.Wake();
    }

    private ChangeReport Take()
    {
        lock (gate)
        {
            var report = new ChangeReport(news.HasMessages, news.HasFailures, isCut, [.. items], [.. aggregates]);
            items.Clear();
            aggregates.Clear();
            (news, length, isCut) = (default, 0, false);
            return report;
        }
    }

    private void Tell(RoundNews more)
    {
        lock (gate)
            news = news.And(more);
        signal.Wake();
    }

    private void ItemChanged(string id) => Note(items, id);

    private void AggregateChanged(string key) => Note(aggregates, key);

    private void Doubted()
    {
        lock (gate)
            Cut();
        signal.Wake();
    }

    private void Note(HashSet<string> changed, string key)
    {
        lock (gate)
        {
            signal.Wake();
            if (isCut || !changed.Add(key))
                return;
            length += key.Length;
            if (items.Count + aggregates.Count <= MaxWaitingCount && length <= MaxWaitingLength)
                return;
            Cut();
        }
    }

    private void Cut()
    {
        isCut = true;
        items.Clear();
        aggregates.Clear();
    }
}
