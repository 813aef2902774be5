using System.Threading.Channels;
using Tributary.Feed;
using Tributary.GraphQL;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// What has changed since it was last asked, as messages and rounds tell: keys, each once however often it changed. A
/// reader that takes its time finds fewer, newer states; it is never too slow.
/// </summary>
internal sealed class Changes : IAsyncDisposable
{
    /// <summary>Keys that may wait; with more the subscription ends.</summary>
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

    /// <param name="keyOf">What a message changes, or null.</param>
    /// <param name="watch">Begins to tell what rounds of this process change; null in a process that has none.</param>
    public Changes(
        FeedSubscription subscription, Func<StoredMessage, string?> keyOf, Func<Action<string>, IDisposable>? watch,
        CancellationToken cancellation)
    {
        this.subscription = subscription;
        this.keyOf = keyOf;
        ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        this.watch = watch?.Invoke(Add);
        pump = Task.Run(PumpAsync, CancellationToken.None);
    }

    /// <summary>What has changed; waits until something has, or for a poll and then it is nothing.</summary>
    /// <param name="poll">Null: waits as long as it takes.</param>
    /// <exception cref="GraphQLException">The server stops, or too much waits.</exception>
    public async ValueTask<IReadOnlyCollection<string>> TakeAsync(
        TimeSpan? poll, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(poll ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            // The signal is taken before the keys: a key that comes in between is in them, and signals once more.
            await signal.Reader.WaitToReadAsync(either.Token);
            signal.Reader.TryRead(out _);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && limit.IsCancellationRequested)
        {
            // The poll's turn.
        }

        lock (gate)
        {
            var taken = waiting;
            waiting = [];
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
            // Nobody reads any more.
        }
        catch (Exception error)
        {
            // The reader learns it with its next read.
            signal.Writer.TryComplete(error);
        }
    }

    // A round that tells must not be held up: what is too much ends the subscription, and nothing is thrown.
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
