using Microsoft.Extensions.Logging;
using Tributary.Storage;
using Tributary.Storage.Messages;

namespace Tributary.Feed;

/// <summary>
/// The one tail of a node: reads what is committed from its last position to the horizon, and hands each slice to all
/// subscribers. Woken by hints after commits and by a short poll; reads nothing while nobody listens.
/// </summary>
/// <remarks>
/// <code>
/// while running: wait for a hint or the poll; slice = messages.ReadAfter(position); position = slice.End; for each
/// subscriber: offer(slice)
/// </code>
/// </remarks>
public sealed partial class FeedTail(
    IMessageReads messages, Guid history, FeedOptions options, TimeProvider time, ILogger<FeedTail> logger)
{
    private readonly Lock gate = new();
    private readonly HashSet<FeedSubscription> attached = [];
    private readonly SemaphoreSlim hints = new(0, 1);
    private readonly SemaphoreSlim replays = new(options.MaxReplayReadsCount);
    private readonly CancellationTokenSource stopping = new();
    private Position position;
    private int subscribersCount;

    /// <summary>The database that the feed's cursors belong to.</summary>
    public Guid History => history;

    /// <summary>Subscribers that have not ended.</summary>
    public int SubscribersCount => Volatile.Read(ref subscribersCount);

    /// <summary>The place after everything that is committed now.</summary>
    public async ValueTask<Position> ReadEndAsync(CancellationToken cancellation) =>
        new((await messages.ReadHorizonAsync(cancellation)).Value - 1);

    /// <summary>Something was committed. Returns at once; hints that come before the tail looks are one hint.</summary>
    public void Hint()
    {
        if (hints.CurrentCount > 0)
            return;
        try
        {
            hints.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another hint came first, and the tail has not looked yet: one look serves both.
        }
    }

    /// <summary>
    /// A reader of everything after <paramref name="after"/>: what is stored, then what is committed next.
    /// </summary>
    /// <exception cref="OverloadedException">There are too many subscribers.</exception>
    public FeedSubscription Subscribe(Position after)
    {
        if (Interlocked.Increment(ref subscribersCount) > options.MaxSubscribersCount)
        {
            Interlocked.Decrement(ref subscribersCount);
            throw new OverloadedException(
                $"This node feeds {options.MaxSubscribersCount} subscribers already; allowed: at most that many.",
                options.MaxRetryDelay);
        }

        return new FeedSubscription(this, options, after);
    }

    /// <summary>Runs until <paramref name="cancellation"/>; then every subscriber ends as stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var delay = TimeSpan.Zero;
        try
        {
            while (true)
            {
                await WaitAsync(delay, cancellation);
                delay = await TryReadOnAsync(delay, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await stopping.CancelAsync();
            lock (gate)
            {
                foreach (var subscription in attached)
                    subscription.End(FeedEnd.Stopped);
                attached.Clear();
            }
        }
    }

    /// <summary>Cancelled when the tail has stopped.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>
    /// From now on every slice goes to the subscription as well. Returns the position that those slices come after:
    /// what lies between the subscription's own and this one it reads itself.
    /// </summary>
    internal Position Attach(FeedSubscription subscription, Position reached)
    {
        lock (gate)
        {
            // A tail that nobody listened to stands where its last subscriber left it.
            if (attached.Count == 0 && reached > position)
                position = reached;
            if (stopping.IsCancellationRequested)
                subscription.End(FeedEnd.Stopped);
            else
                attached.Add(subscription);
            Hint();
            return position;
        }
    }

    internal void Leave(FeedSubscription subscription)
    {
        lock (gate)
            attached.Remove(subscription);
        Interlocked.Decrement(ref subscribersCount);
    }

    /// <summary>A read for one subscriber that is behind the tail.</summary>
    internal async ValueTask<(FeedSlice Slice, bool IsComplete)> ReplayAsync(
        Position after, CancellationToken cancellation)
    {
        await replays.WaitAsync(cancellation);
        try
        {
            var read = await messages.ReadAfterAsync(after, options.MaxReadCount, options.MaxReadBytes, cancellation);
            return (FeedSlice.Of(read, after, history), read.Complete);
        }
        finally
        {
            replays.Release();
        }
    }

    private async ValueTask WaitAsync(TimeSpan delay, CancellationToken cancellation)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, time, cancellation);
            return;
        }

        bool isIdle;
        lock (gate)
            isIdle = attached.Count == 0;
        if (isIdle)
        {
            await hints.WaitAsync(cancellation);
            return;
        }

        using var poll = new CancellationTokenSource(options.PollInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, poll.Token);
        try
        {
            await hints.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The poll's turn: the tail looks without a hint.
        }
    }

    /// <summary>
    /// Reads up to the horizon; returns how long to wait before the next try after a fault, else zero.
    /// </summary>
    private async ValueTask<TimeSpan> TryReadOnAsync(TimeSpan lastDelay, CancellationToken cancellation)
    {
        try
        {
            while (Beginning() is { } after)
            {
                var read = await messages.ReadAfterAsync(
                    after, options.MaxReadCount, options.MaxReadBytes, cancellation);
                HandOut(FeedSlice.Of(read, after, history));
                if (read.Complete)
                    break;
            }

            return TimeSpan.Zero;
        }
        catch (StoreException error) when (error.Fault != StoreFault.Fatal)
        {
            LogReadFailed(error);
            var doubled = lastDelay * 2;
            return doubled < options.RetryDelay ? options.RetryDelay
                : doubled < options.MaxRetryDelay ? doubled
                : options.MaxRetryDelay;
        }
    }

    private Position? Beginning()
    {
        lock (gate)
            return attached.Count == 0 ? null : position;
    }

    private void HandOut(FeedSlice slice)
    {
        lock (gate)
        {
            // The last subscriber may have left during the read, and one that is further on may have come.
            if (slice.End <= position)
                return;
            slice = slice.After(position);
            position = slice.End;
            if (slice.Messages.Count == 0)
                return;
            foreach (var subscription in attached)
                subscription.Offer(slice);
        }
    }
}
