using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Tributary.Feed;

/// <summary>Why a subscription gives no more slices.</summary>
public enum FeedEnd
{
    /// <summary>The subscription has not ended.</summary>
    None,

    /// <summary>
    /// More messages waited for the subscriber than the options allow. The reader can
    /// go on from the last cursor it took.
    /// </summary>
    TooSlow,

    /// <summary>The silo stops.</summary>
    Stopped,
}

/// <summary>One reader of the feed. Read by one consumer; disposal ends it.</summary>
public sealed class FeedSubscription : IDisposable
{
    private readonly FeedTail tail;
    private readonly FeedOptions options;
    private readonly IDisposable demand;
    private readonly Channel<FeedSlice> waiting;
    private Position reached;
    private long waitingBytes;
    private int waitingCount;
    private int end;
    private int isDisposed;

    /// <param name="demand">Disposed with the subscription.</param>
    internal FeedSubscription(FeedTail tail, FeedOptions options, Position after, IDisposable demand)
    {
        this.tail = tail;
        this.options = options;
        this.demand = demand;
        reached = after;
        // Bounded by the counts below: every slice holds at least one message.
        waiting = Channel.CreateUnbounded<FeedSlice>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    }

    /// <summary>Why there are no more slices; <see cref="FeedEnd.None"/> while there may be more.</summary>
    public FeedEnd Ended => (FeedEnd)Volatile.Read(ref end);

    /// <summary>Every message up to this position was given to the consumer.</summary>
    public Position Reached => reached;

    /// <summary>
    /// First the stored messages, then those committed from now on, each once and in order. Ends when
    /// <see cref="Ended"/> is set.
    /// </summary>
    /// <exception cref="Tributary.Storage.StoreException">
    /// A replay met a fault that does not pass by itself; it waits for the end of all others.
    /// </exception>
    public async IAsyncEnumerable<FeedSlice> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, tail.Stopping);
        // Far behind the tail, the subscription reads by itself: slices of the tail would pile up meanwhile.
        for (var isComplete = false; !isComplete;)
        {
            FeedSlice? slice;
            (slice, isComplete) = await TryReplayAsync(either.Token, cancellation);
            if (slice is null)
                yield break;
            if (Take(slice))
                yield return slice;
        }

        // Near the tail: from here on the tail's slices wait, and the gap up to them is short.
        var joined = tail.Attach(this, reached);
        while (reached < joined)
        {
            var (slice, _) = await TryReplayAsync(either.Token, cancellation);
            if (slice is null)
                yield break;
            if (Take(slice))
                yield return slice;
        }

        while (await waiting.Reader.WaitToReadAsync(cancellation))
        {
            while (waiting.Reader.TryRead(out var offered))
            {
                Interlocked.Add(ref waitingBytes, -offered.Bytes);
                Interlocked.Add(ref waitingCount, -offered.Messages.Count);
                // The replay may have read further than the tail stood when the subscription joined it.
                var slice = offered.After(reached);
                if (Ended == FeedEnd.TooSlow)
                    yield break;
                if (Take(slice))
                    yield return slice;
            }
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
            return;
        tail.Leave(this);
        demand.Dispose();
    }

    /// <summary>Called by the tail, under its lock.</summary>
    internal void Offer(FeedSlice slice)
    {
        if (Ended != FeedEnd.None)
            return;

        // A slice larger than the limits is let in when nothing else waits, so that any message can pass.
        var bytes = Interlocked.Add(ref waitingBytes, slice.Bytes);
        var count = Interlocked.Add(ref waitingCount, slice.Messages.Count);
        if (count > slice.Messages.Count && (bytes > options.MaxWaitingBytes || count > options.MaxWaitingCount))
            End(FeedEnd.TooSlow);
        else
            waiting.Writer.TryWrite(slice);
    }

    internal void End(FeedEnd why)
    {
        Interlocked.CompareExchange(ref end, (int)why, (int)FeedEnd.None);
        waiting.Writer.TryComplete();
        Ending?.Invoke();
    }

    /// <summary>
    /// Called once when the subscription has ended, possibly under a lock of the tail: must return at once.
    /// </summary>
    public Action? Ending { get; set; }

    private bool Take(FeedSlice slice)
    {
        if (slice.End > reached)
            reached = slice.End;
        return slice.Messages.Count > 0;
    }

    private async ValueTask<(FeedSlice? Slice, bool IsComplete)> TryReplayAsync(
        CancellationToken either, CancellationToken cancellation)
    {
        try
        {
            return await tail.ReplayAsync(reached, either);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            End(FeedEnd.Stopped);
            return (null, false);
        }
    }
}
