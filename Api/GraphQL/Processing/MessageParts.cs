using Tributary.GraphQL.Execution;
using Tributary.Messages;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>
/// What is left of messages: whatever one request asks of it, of messages or of items, is one read of the store.
/// </summary>
internal sealed class MessageParts(ApiNode node)
{
    public async ValueTask<MessageStatus> StatusOfAsync(Position message, ResolveContext context) =>
        MessagePart.StatusOf([.. (await FindAsync([message], context)).Select(part => part.Part)]);

    /// <summary>What failed of these messages, in their order.</summary>
    public async ValueTask<IReadOnlyList<FailureNode>> FailuresOfAsync(
        IReadOnlyList<Position> messages, ResolveContext context) =>
        [
            .. (await FindAsync(messages, context))
                .Where(part => part.Part.Status is MessageStatus.Retrying or MessageStatus.Parked)
                .Select(FailureNode.Of),
        ];

    private async ValueTask<IEnumerable<StoredPart>> FindAsync(IReadOnlyList<Position> messages, ResolveContext context)
    {
        var batch = context.Batch<Position, IReadOnlyList<StoredPart>>(this, LoadAsync);
        // Of messages that are missing nothing is left.
        var found = await Task.WhenAll(messages.Select(batch.Load));
        return found.SelectMany(parts => parts ?? []);
    }

    private async Task<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> LoadAsync(
        IReadOnlyList<Position> messages,
        ResolveContext context) => await node.Failures.FindPartsAsync(messages, context.CancellationToken);
}
