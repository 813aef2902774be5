using Microsoft.Extensions.Logging;
using Tributary.Storage;
using Tributary.Storage.Messages;

namespace Tributary.Feed;

/// <summary>
/// The one tail of a silo: reads committed messages from its last position to the horizon and hands each slice to all
/// subscribers. Hints after commits of any silo and a short poll wake it; it reads nothing while nobody listens.
/// </summary>
/// <remarks>
/// <code>
/// while running:
///     wait for a hint or the poll
///     slice = messages.ReadAfter(position); position = slice.End
///     for each subscriber: offer(slice)
/// </code>
/// </remarks>
public sealed partial class FeedTail(
    IMessageReads messages, Guid history, FeedOptions options, TimeProvider time, ILogger<FeedTail> logger)
{
    private const long NoLag = -1;

    private readonly Lock gate = new();
    private readonly HashSet<FeedSubscription> attached = [];
    private readonly Wakeup hints = new();
    private readonly SemaphoreSlim replays = new(options.MaxReplayReadsCount);
    private readonly CancellationTokenSource stopping = new();
    private Position position;
    private long lastLagTicks = NoLag;
    private int subscribersCount;

    /// <summary>The database that the feed's cursors belong to.</summary>
    public Guid History => history;

    /// <summary>Counts the readers of this node's feeds: this tail's and others.</summary>
    public FeedDemand Demand { get; } = new();

    /// <summary>
    /// How old the newest message was when the feed handed it to subscribers, since it was received; null when nothing
    /// was handed out yet. From any thread.
    /// </summary>
    public TimeSpan? LastLag => Volatile.Read(ref lastLagTicks) is var ticks and not NoLag ? new TimeSpan(ticks) : null;

    /// <summary>Subscribers that have not ended.</summary>
    public int SubscribersCount => Volatile.Read(ref subscribersCount);

    /// <summary>The place after every message that is committed now.</summary>
    public async ValueTask<Position> ReadEndAsync(CancellationToken cancellation) =>
        new((await messages.ReadHorizonAsync(cancellation)).Value - 1);

    /// <summary>
    /// Tells the tail that something was committed. Returns at once; hints that come
    /// before the tail looks are one hint.
    /// </summary>
    public void Hint() => hints.Wake();

    /// <summary>
    /// Subscribes to everything after <paramref name="after"/>: first the stored
    /// messages, then those committed from now on.
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

        return new FeedSubscription(this, options, after, Demand.Enter());
    }

    /// <summary>Runs until <paramref name="cancellation"/>; then ends every subscription as stopped.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                await WaitAsync(failures, cancellation);
                failures = await TryReadOnAsync(cancellation) ? 0 : failures + 1;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Stop();
        }
    }

    /// <summary>Cancelled when the tail has stopped.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>
    /// From now on every slice goes to <paramref name="subscription"/> as well. Returns the position after which these
    /// slices begin; the subscription itself reads the messages between <paramref name="reached"/> and that position.
    /// </summary>
    internal Position Attach(FeedSubscription subscription, Position reached)
    {
        lock (gate)
        {
            // A tail without subscribers still stands where its last subscriber left it.
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

    /// <summary>
    /// A read for one subscriber that is behind the tail. While the store is away it is tried again, as the tail's own
    /// reads are: a subscriber that replays must not fare worse than one that has caught up.
    /// </summary>
    internal async ValueTask<(FeedSlice Slice, bool IsComplete)> ReplayAsync(
        Position after, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await ReadForReplayAsync(after, cancellation);
            }
            catch (StoreException error) when (error.Fault != StoreFault.Fatal)
            {
                LogReplayWaits(error.Message);
            }

            await Task.Delay(options.Retries.After(failures), time, cancellation);
        }
    }

    private async ValueTask<(FeedSlice Slice, bool IsComplete)> ReadForReplayAsync(
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

    private void Stop()
    {
        stopping.Cancel();
        lock (gate)
        {
            foreach (var subscription in attached)
                subscription.End(FeedEnd.Stopped);
            attached.Clear();
        }
    }

    private async ValueTask WaitAsync(int failures, CancellationToken cancellation)
    {
        if (failures > 0)
        {
            await Task.Delay(options.Retries.After(failures), time, cancellation);
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

        await hints.WaitAsync(options.PollInterval, time, cancellation);
    }

    /// <summary>Reads up to the horizon; false when the store could not be read.</summary>
    private async ValueTask<bool> TryReadOnAsync(CancellationToken cancellation)
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

            return true;
        }
        catch (StoreException error) when (error.Fault != StoreFault.Fatal)
        {
            LogReadFailed(error);
            return false;
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

        // Clocks of other machines may be ahead.
        var lag = time.GetUtcNow() - slice.Messages[^1].Stored.ReceivedAt;
        Volatile.Write(ref lastLagTicks, Math.Max(0, lag.Ticks));
    }
}
