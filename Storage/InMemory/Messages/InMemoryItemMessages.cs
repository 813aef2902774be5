using Tributary.Storage.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory.Messages;

/// <summary>The messages of several items, by going through everything.</summary>
internal static class InMemoryItemMessages
{
    public static IReadOnlyDictionary<string, MessageMatches> Read(InMemoryDatabase database, ItemMessagesQuery query)
    {
        var found = new ItemMessages(query);
        for (var i = 0; i < found.Items.Length; i++)
        {
            var rows = Rows(database, query)
                .Where(row => row.Item == found.Items[i]);
            if (rows.Take(query.LimitPerItem).Any(row => !found.TryAdd(i, row)))
                break;
        }

        return found.ToMatches();
    }

    private static IEnumerable<StoredMessage> Rows(InMemoryDatabase database, ItemMessagesQuery query)
    {
        var after = query.After?.Value ?? -1;
        var first = after == long.MaxValue ? database.MessageRows.Count : database.FirstAtOrAbove(after + 1);
        var end = database.FirstAtOrAbove(query.Before?.Value ?? long.MaxValue);
        for (var i = 0; i < end - first; i++)
            yield return database.MessageRows[query.NewestFirst ? end - 1 - i : first + i];
    }
}
