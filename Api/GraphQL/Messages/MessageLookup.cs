using Tributary.GraphQL.Execution;

namespace Tributary.Api.GraphQL.Messages;

/// <summary>
/// Reads messages by id for all fields. One read of the store serves all ids of a request.
/// </summary>
internal sealed class MessageLookup(ApiNode node)
{
    /// <summary>An id without a message is missing in the result.</summary>
    public async Task<IReadOnlyDictionary<MessageId, MessageNode>> FindAsync(
        IReadOnlyList<MessageId> ids, ResolveContext context)
    {
        var found = await node.Messages.FindMessagesAsync(ids, context.CancellationToken);
        return found.ToDictionary(message => message.Key, message => new MessageNode(message.Value, node.History));
    }
}
