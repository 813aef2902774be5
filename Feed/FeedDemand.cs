namespace Tributary.Feed;

/// <summary>Counts the readers of this node's feeds: nothing is asked of other silos while there is none.</summary>
public sealed class FeedDemand
{
    private int count;

    /// <summary>True while somebody reads a feed of this node.</summary>
    public bool Exists => Volatile.Read(ref count) > 0;

    /// <summary>Called when the first reader has come, before it reads; must return at once.</summary>
    public Action? Began { get; set; }

    /// <summary>A reader comes.</summary>
    /// <returns>Disposed once, when the reader leaves.</returns>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref count) == 1)
            Began?.Invoke();
        return new Reader(this);
    }

    private sealed class Reader(FeedDemand demand) : IDisposable
    {
        private bool isGone;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref isGone, true))
                Interlocked.Decrement(ref demand.count);
        }
    }
}
