using System.Runtime.CompilerServices;
using Tributary.Api.GraphQL.Messages;
using Tributary.Feed;
using Tributary.GraphQL;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.GraphQL.Types;

namespace Tributary.Api.GraphQL.Live;

/// <summary>
/// <c>messageReceived</c>: stored messages after a cursor, then new ones as they are committed. All subscribers share
/// one tail.
/// </summary>
internal sealed class MessageFeed(ApiNode node)
{
    public void Bind(SchemaBindings bindings) => bindings.Object("Subscription").Feed("messageReceived", Subscribe);

    private IAsyncEnumerable<MessageNode> Subscribe(ResolveContext context)
    {
        var filter = FilterReader.Read(context.Arguments.Get<InputObject>("filter"));
        if (filter.Statuses is not null)
            throw Resolving.Invalid(
                "Found a condition on the status; allowed: none here, for the status of a message changes after it was "
                + "sent. Search with messages(filter:).");
        Position? after = context.Arguments.Get<string>("after") is { } cursor
            ? Cursor.Parse(cursor, node.History)
            : null;
        return RunAsync(
            after, new FilterMatcher(filter, node.MatcherOf), (RequestLimits)context.State!, context.CancellationToken);
    }

    private async IAsyncEnumerable<MessageNode> RunAsync(
        Position? after,
        FilterMatcher filter,
        RequestLimits limits,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = after ?? await node.Tail.ReadEndAsync(cancellation);
        using var subscription = node.Tail.Subscribe(last);
        await foreach (var slice in subscription.ReadAllAsync(cancellation))
        {
            foreach (var message in slice.Messages)
            {
                if (subscription.Ended == FeedEnd.TooSlow)
                    break;
                if (filter.Matches(message.Stored))
                {
                    limits.Renew();
                    yield return new MessageNode(message.Stored, node.History);
                }

                // The caller asks for the next message only after it sent this one.
                last = message.Position;
            }
        }

        throw Ended(subscription.Ended, last);
    }

    private GraphQLException Ended(FeedEnd why, Position last)
    {
        var cursor = new Cursor(node.History, last).ToString();
        var extensions = new Dictionary<string, object?> { ["cursor"] = cursor };
        return why == FeedEnd.TooSlow
            ? new GraphQLException(
                new GraphQLError(
                    $"Too slow: more messages wait than may. Resume with after: \"{cursor}\".", Code: "too_slow")
                {
                    Extensions = extensions,
                })
            : new GraphQLException(
                new GraphQLError($"The server stops. Resume with after: \"{cursor}\".", Code: "stopping")
                {
                    Extensions = extensions,
                });
    }
}
