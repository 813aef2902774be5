using Tributary.GraphQL.Execution;

namespace Tributary.Api.GraphQL.Messages;

/// <summary>
/// Messages by their ids, for all fields that have one: those of one request are one read of the store.
/// </summary>
internal sealed class MessageLookup(ApiNode node)
{
    /// <summary>Ids that are missing in the answer are of no message.</summary>
    public async Task<IReadOnlyDictionary<MessageId, MessageNode>> FindAsync(
        IReadOnlyList<MessageId> ids, ResolveContext context)
    {
        var found = await node.Messages.FindMessagesAsync(ids, context.CancellationToken);
        return found.ToDictionary(message => message.Key, message => new MessageNode(message.Value, node.History));
    }
}
