using Tributary.Storage.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Sqlite.Messages;

/// <summary>
/// The messages of several items: a statement per item, which costs no round trip, all in one transaction.
/// </summary>
internal static class SqliteItemMessages
{
    public static IReadOnlyDictionary<string, MessageMatches> Read(SqliteConnection connection, ItemMessagesQuery query)
    {
        var found = new ItemMessages(query);
        var select = connection.Prepare(
            $"""
            select {SqliteMessages.Columns} from messages indexed by messages_by_item
            where item = ? and position > ? and position < ?
            order by position {(query.NewestFirst ? "desc" : "asc")} limit ?
            """);
        for (var i = 0; i < found.Items.Length; i++)
        {
            select
                .Bind(found.Items[i])
                .Bind(query.After?.Value ?? -1)
                .Bind(query.Before?.Value ?? long.MaxValue)
                .Bind(query.LimitPerItem);
            while (select.Step())
            {
                if (found.TryAdd(i, SqliteMessages.Read(select)))
                    continue;

                select.Reset();
                return found.ToMatches();
            }
        }

        return found.ToMatches();
    }
}
