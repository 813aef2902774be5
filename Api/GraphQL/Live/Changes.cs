using System.Threading.Channels;
using Tributary.GraphQL;
using Tributary.Runtime.Feed;
using Tributary.Runtime.Store;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// What has changed since it was last asked, as the feed tells: keys, each once however often it changed. A reader that takes its time finds fewer,
/// newer states; it is never too slow.
/// </summary>
internal sealed class Changes : IAsyncDisposable
{
    /// <summary>Keys that may wait; with more the subscription ends.</summary>
    private const int MaxWaitingCount = 10_000;

    private readonly FeedSubscription subscription;
    private readonly Func<StoredMessage, string?> keyOf;
    private readonly CancellationTokenSource ended;
    private readonly Lock gate = new();
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task pump;
    private HashSet<string> waiting = [];

    /// <param name="keyOf">What a message changes, or null.</param>
    public Changes(FeedSubscription subscription, Func<StoredMessage, string?> keyOf, CancellationToken cancellation)
    {
        this.subscription = subscription;
        this.keyOf = keyOf;
        ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        pump = Task.Run(PumpAsync, CancellationToken.None);
    }

    /// <summary>What has changed; waits until something has.</summary>
    /// <exception cref="GraphQLException">The server stops, or too much waits.</exception>
    public async ValueTask<IReadOnlyCollection<string>> TakeAsync(CancellationToken cancellation)
    {
        // The signal is taken before the keys: a key that comes in between is in them, and signals once more.
        await signal.Reader.WaitToReadAsync(cancellation);
        signal.Reader.TryRead(out _);
        lock (gate)
        {
            var taken = waiting;
            waiting = [];
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
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

            signal.Writer.TryComplete(new GraphQLException("The server stops. Subscribe again: the state comes first.", "stopping"));
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

    private void Add(string key)
    {
        lock (gate)
        {
            if (waiting.Count >= MaxWaitingCount && !waiting.Contains(key))
                throw new GraphQLException($"More than {MaxWaitingCount} changes wait; allowed: at most that many. Subscribe again: the state comes first.", "too_slow");
            waiting.Add(key);
        }

        signal.Writer.TryWrite(true);
    }
}
