using System.Runtime.CompilerServices;
using Tributary.Feed;
using Tributary.GraphQL;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>
/// <c>failureRaised</c>: stored failures after a cursor, then new ones. A subscriber that has read all stored failures
/// waits for the tail, which all subscribers share.
/// </summary>
internal sealed class FailureFeed(ApiNode node, TimeProvider time)
{
    /// <summary>The most subscribers of this node; further ones are refused as overloaded.</summary>
    private const int MaxSubscribersCount = 10_000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly FailureTail tail = new(node, time);
    private int subscribersCount;

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Subscription").Feed("failureRaised", Subscribe);
        bindings.Object<RaisedFailureNode>("RaisedFailure");
    }

    private IAsyncEnumerable<RaisedFailureNode> Subscribe(ResolveContext context)
    {
        Position? after = context.Arguments.Get<string>("after") is { } cursor
            ? Cursor.Parse(cursor, node.History)
            : null;
        return RunAsync(after, (RequestLimits)context.State!, context.CancellationToken);
    }

    private async IAsyncEnumerable<RaisedFailureNode> RunAsync(
        Position? after, RequestLimits limits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var place = Enter();
        var reached = after ?? await node.Tail.ReadEndAsync(cancellation);
        var hasAll = false;
        while (await TryReadAsync(reached, hasAll, cancellation) is { } slice)
        {
            foreach (var failure in slice.Failures)
            {
                // The tail may be behind this subscriber, so failures that it has read are skipped.
                if (failure.Position <= reached)
                    continue;
                limits.Renew();
                yield return new RaisedFailureNode(
                    new FailureNode(failure.Message, failure.Item, failure.Part, failure.At),
                    new Cursor(node.History, failure.Position).ToString());
                reached = failure.Position;
            }

            hasAll = slice.IsComplete;
            // No failure can appear below the horizon any more.
            if (hasAll && slice.Horizon.Value - 1 > reached.Value)
                reached = new Position(slice.Horizon.Value - 1);
        }

        var end = new Cursor(node.History, reached).ToString();
        throw new GraphQLException(
            new GraphQLError($"The server stops. Resume with after: \"{end}\".", Code: "stopping")
            {
                Extensions = new Dictionary<string, object?> { ["cursor"] = end },
            });
    }

    /// <summary>Waits for the next failures; null when the server stops.</summary>
    private async ValueTask<RaisedSlice?> TryReadAsync(Position reached, bool hasAll, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, node.Tail.Stopping);
        try
        {
            return hasAll ? await tail.NextAsync(reached, either.Token) : await tail.ReadAsync(reached, either.Token);
        }
        catch (OperationCanceledException)
            when (!cancellation.IsCancellationRequested && node.Tail.Stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private Place Enter()
    {
        if (Interlocked.Increment(ref subscribersCount) <= MaxSubscribersCount)
            return new Place(this, node.Tail.Demand.Enter());
        Interlocked.Decrement(ref subscribersCount);
        throw new OverloadedException(
            $"This node tells {MaxSubscribersCount} subscribers of failures already; allowed: at most that many.",
            RetryAfter);
    }

    private sealed class Place(FailureFeed feed, IDisposable demand) : IDisposable
    {
        public void Dispose()
        {
            demand.Dispose();
            Interlocked.Decrement(ref feed.subscribersCount);
        }
    }
}
