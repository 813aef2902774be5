using Tributary.Storage.Messages;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Queries;

/// <summary>
/// Collects the messages of several items from one statement: item by item, each in the direction of the query. Only
/// one run of the statement fills it; a run after a fault begins with a new one.
/// </summary>
internal sealed class ItemMessages
{
    private readonly ItemMessagesQuery query;
    private readonly List<StoredMessage>[] found;
    private long bytes;
    private int? stoppedAt;

    public ItemMessages(ItemMessagesQuery query)
    {
        this.query = query;
        Items = [.. query.Items.Where(StorableText.Fits).Distinct(StringComparer.Ordinal)];
        found = new List<StoredMessage>[Items.Length];
        for (var i = 0; i < found.Length; i++)
            found[i] = [];
    }

    /// <summary>The items to read: without repeats, and without ids that no row can have.</summary>
    public string[] Items { get; }

    /// <summary>Takes the next row; false when there is no room for it and reading must stop.</summary>
    /// <param name="item">Its place in <see cref="Items"/>.</param>
    public bool TryAdd(int item, StoredMessage message)
    {
        if (bytes >= QueryLimits.MaxMatchBytes)
        {
            stoppedAt = item;
            return false;
        }

        bytes += message.Body.Length;
        found[item].Add(message);
        return true;
    }

    public IReadOnlyDictionary<string, MessageMatches> ToMatches()
    {
        var matches = new Dictionary<string, MessageMatches>(query.Items.Count);
        for (var i = 0; i < Items.Length && !(i > stoppedAt); i++)
        {
            var messages = found[i];
            // An item without a read message is read again next time.
            if (i == stoppedAt && messages.Count == 0)
                continue;
            var isComplete = i != stoppedAt && messages.Count < query.LimitPerItem;
            matches[Items[i]] = new MessageMatches(
                messages, messages.Count == 0 ? null : messages[^1].Position, isComplete, messages.Count);
        }

        foreach (var item in query.Items.Where(item => !StorableText.Fits(item)))
            matches[item] = new MessageMatches([], null, IsComplete: true, 0);
        return matches;
    }
}
