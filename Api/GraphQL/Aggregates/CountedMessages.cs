using Tributary.Storage.Aggregates;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Aggregates;

/// <summary>
/// Tells which messages one aggregate counted. Contributions made at acceptance are computed again, because a
/// definition never changes within its generation. Contributions of plugins and of messages that were mapped later are
/// stored with the message.
/// </summary>
internal sealed class CountedMessages(AggregateNode aggregate, IAggregateReads aggregates)
{
    private readonly string key = aggregate.Key.ToString();

    /// <summary>The messages of the list that the aggregate counted, with one read of the store.</summary>
    public async ValueTask<HashSet<Position>> OfAsync(
        IReadOnlyList<StoredMessage> messages, CancellationToken cancellation)
    {
        var made = new HashSet<Position>();
        var others = new List<Position>();
        foreach (var message in messages)
        {
            if (!message.Generations.Contains(aggregate.Key.Generation))
                others.Add(message.Position);
            else if (aggregate.Counted.KeyOf(message) == aggregate.Key)
                made.Add(message.Position);
        }

        if (others.Count == 0)
            return made;
        foreach (var (position, outcomes) in await aggregates.ReadOutcomesAsync(others, cancellation))
        {
            if (outcomes.Any(outcome => outcome.Aggregates.Contains(key)))
                made.Add(position);
        }

        return made;
    }
}
