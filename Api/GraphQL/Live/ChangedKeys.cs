using System.Threading.Channels;
using Tributary.Feed;
using Tributary.GraphQL;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// Collects the keys that messages and rounds changed since the last read, each key once. A slow reader misses states
/// between two reads but no key, so it never falls behind.
/// </summary>
internal sealed class ChangedKeys : IAsyncDisposable
{
    /// <summary>The most keys that may wait; with more the subscription ends.</summary>
    private const int MaxWaitingCount = 10_000;

    private readonly FeedSubscription subscription;
    private readonly Func<StoredMessage, string?> keyOf;
    private readonly CancellationTokenSource ended;
    private readonly Lock gate = new();
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IDisposable? watch;
    private readonly Task pump;
    private HashSet<string> waiting = [];
    private bool isDoubtful;

    /// <param name="keyOf">The key that a message changes, or null.</param>
    /// <param name="watch">
    /// Begins to report changes by rounds, and doubts; null in a process that is told of none.
    /// </param>
    public ChangedKeys(
        FeedSubscription subscription, Func<StoredMessage, string?> keyOf,
        Func<Action<string>, Action, IDisposable>? watch, CancellationToken cancellation)
    {
        this.subscription = subscription;
        this.keyOf = keyOf;
        ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        this.watch = watch?.Invoke(Add, Doubt);
        pump = Task.Run(PumpAsync, CancellationToken.None);
    }

    /// <summary>Drops what has been told so far: the state is read after this call.</summary>
    public void Forget()
    {
        lock (gate)
            (waiting, isDoubtful) = ([], false);
    }

    /// <summary>
    /// Takes the changed keys. Waits for the first one, for a doubt, or for the poll.
    /// </summary>
    /// <param name="poll">The longest wait; null: without limit.</param>
    /// <exception cref="GraphQLException">The server stops, or too many keys wait.</exception>
    public async ValueTask<TakenChanges> TakeAsync(
        TimeSpan? poll, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(poll ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            // The signal is taken before the keys. A key that arrives in between is read now and signals once more,
            // so no key is lost.
            await signal.Reader.WaitToReadAsync(either.Token);
            signal.Reader.TryRead(out _);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && limit.IsCancellationRequested)
        {
            // The poll is due.
        }

        lock (gate)
        {
            var taken = new TakenChanges(waiting, isDoubtful);
            (waiting, isDoubtful) = ([], false);
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        watch?.Dispose();
        await ended.CancelAsync();
        await pump;
        ended.Dispose();
        subscription.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var slice in subscription.ReadAllAsync(ended.Token))
            {
                foreach (var message in slice.Messages)
                {
                    if (keyOf(message.Stored) is { } key)
                        Add(key);
                }
            }

            signal.Writer.TryComplete(
                new GraphQLException("The server stops. Subscribe again: the state comes first.", "stopping"));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader ended the subscription.
        }
        catch (Exception error)
        {
            // The next read throws the error.
            signal.Writer.TryComplete(error);
        }
    }

    private void Doubt()
    {
        lock (gate)
            isDoubtful = true;
        signal.Writer.TryWrite(true);
    }

    // Rounds call this and must not wait or fail: too many keys end the subscription instead of throwing.
    private void Add(string key)
    {
        lock (gate)
        {
            if (waiting.Count < MaxWaitingCount || waiting.Contains(key))
                waiting.Add(key);
            else
                signal.Writer.TryComplete(new GraphQLException(
                    $"More than {MaxWaitingCount} changes wait; allowed: at most that many. Subscribe again: the state "
                    + "comes first.", "too_slow"));
        }

        signal.Writer.TryWrite(true);
    }
}

/// <summary>What changed since the last look.</summary>
/// <param name="IsDoubtful">True when other changes may have been missed.</param>
internal sealed record TakenChanges(IReadOnlyCollection<string> Keys, bool IsDoubtful);
