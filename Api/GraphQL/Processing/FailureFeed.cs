using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tributary.GraphQL;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.Runtime.Feed;
using Tributary.Runtime.Store;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>
/// <c>failureRaised</c>: what is stored after a cursor, then what is raised next. Each subscriber reads at its own pace; those that stand at the same
/// place, which is where all are that keep up, share one read.
/// </summary>
internal sealed class FailureFeed(ApiNode node, TimeProvider time)
{
    /// <summary>Failures of one read.</summary>
    private const int MaxReadCount = 500;

    /// <summary>How long a failure may wait to be noticed.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Position, Lazy<Task<RaisedSlice>>> reads = [];

    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Subscription").Feed("failureRaised", Subscribe);
        bindings.Object<RaisedFailureNode>("RaisedFailure");
    }

    private IAsyncEnumerable<RaisedFailureNode> Subscribe(ResolveContext context)
    {
        Position? after = context.Arguments.Get<string>("after") is { } cursor ? Cursor.Parse(cursor, node.History) : null;
        return RunAsync(after, (RequestLimits)context.State!, context.CancellationToken);
    }

    private async IAsyncEnumerable<RaisedFailureNode> RunAsync(Position? after, RequestLimits limits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = after ?? await node.Tail.ReadEndAsync(cancellation);
        while (node.IsReady())
        {
            var slice = await ReadAsync(last, cancellation);
            foreach (var failure in slice.Failures)
            {
                limits.Renew();
                yield return new RaisedFailureNode(
                    new FailureNode(failure.Message, failure.Item, failure.Part, failure.At), new Cursor(node.History, failure.Position).ToString());
                last = failure.Position;
            }

            if (slice.IsComplete)
                await Task.Delay(PollInterval, time, cancellation);
        }

        var end = new Cursor(node.History, last).ToString();
        throw new GraphQLException(new GraphQLError($"The server stops. Resume with after: \"{end}\".", Code: "stopping")
        {
            Extensions = new Dictionary<string, object?> { ["cursor"] = end },
        });
    }

    private async Task<RaisedSlice> ReadAsync(Position after, CancellationToken cancellation)
    {
        var shared = reads.GetOrAdd(after, key => new Lazy<Task<RaisedSlice>>(async () =>
        {
            try
            {
                // Nobody's request ends it: others wait for it as well.
                return await node.Processing.ReadRaisedAsync(key, MaxReadCount, CancellationToken.None);
            }
            finally
            {
                reads.TryRemove(key, out _);
            }
        }));
        return await shared.Value.WaitAsync(cancellation);
    }
}
