using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Live;

/// <summary>Applies a filter to messages of the feed, as the store applies it to stored ones.</summary>
internal sealed class FilterMatcher(
    MessageFilter filter, Func<BodyCondition, Func<ReadOnlyMemory<byte>, bool>> matcherOf)
{
    private readonly HashSet<string>? sources = filter.Sources?.ToHashSet();
    private readonly HashSet<string>? items = filter.Items?.ToHashSet();
    private readonly Func<ReadOnlyMemory<byte>, bool>? body = filter.Body is { } condition
        ? matcherOf(condition)
        : null;

    public bool Matches(StoredMessage message) =>
        (sources is null || sources.Contains(message.Source))
        && (items is null || items.Contains(message.Item))
        && (filter.From is null || message.ReceivedAt >= filter.From)
        && (filter.Until is null || message.ReceivedAt < filter.Until)
        && (body is null || body(message.Body));
}
