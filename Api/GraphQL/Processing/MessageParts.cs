using Tributary.GraphQL.Execution;
using Tributary.Messages;
using Tributary.Storage.Failures;

namespace Tributary.Api.GraphQL.Processing;

/// <summary>
/// Reads the failures of messages. One read of the store serves all messages and items of a request.
/// </summary>
internal sealed class MessageParts(ApiNode node)
{
    public async ValueTask<MessageStatus> StatusOfAsync(Position message, ResolveContext context) =>
        MessagePart.StatusOf([.. (await FindAsync([message], context)).Select(part => part.Part)]);

    /// <summary>The failures of these messages, in the messages' order.</summary>
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
        // A message that is missing has no failures.
        var found = await Task.WhenAll(messages.Select(batch.Load));
        return found.SelectMany(parts => parts ?? []);
    }

    private async Task<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> LoadAsync(
        IReadOnlyList<Position> messages,
        ResolveContext context) => await node.Failures.FindPartsAsync(messages, context.CancellationToken);
}
