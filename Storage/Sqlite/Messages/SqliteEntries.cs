using Tributary.Storage.Queries;

namespace Tributary.Storage.Sqlite.Messages;

/// <summary>Entries of the indexes by item and by value, read from the index alone.</summary>
internal static class SqliteEntries
{
    /// <summary>
    /// The next entries in order: the first of the next entries of each item or value. One message may hold several of
    /// the values.
    /// </summary>
    public static IEnumerable<long> Next(SqliteConnection connection, ScanSource source, ScanRange range)
    {
        var found = new SortedSet<long>();
        foreach (var entries in Each(connection, source, $"order by position {range.Direction}"))
        {
            entries.Bind(range.After).Bind(range.Before).Bind(range.AskCount);
            while (entries.Step())
                found.Add(entries.Int64(0));
        }

        return (range.NewestFirst ? found.Reverse() : found).Take(range.AskCount);
    }

    /// <summary>The number of entries, counted up to <paramref name="limit"/>.</summary>
    public static int Count(SqliteConnection connection, ScanSource source, long after, long before, int limit)
    {
        var count = 0;
        foreach (var entries in Each(connection, source, ""))
        {
            entries.Bind(after).Bind(before).Bind(limit - count);
            while (entries.Step())
                count++;
        }

        return count;
    }

    public static IReadOnlyList<long> ReadRange(SqliteConnection connection, KeyRange range, int limit)
    {
        var positions = new List<long>();
        var select = connection.Prepare(
            "select position from indexed_values where path = ? and key >= ? and key < ? order by path, key, position "
            + "limit ?")
            .Bind(range.Path).Bind(range.Low).Bind(range.High).Bind(limit);
        while (select.Step())
            positions.Add(select.Int64(0));
        return positions;
    }

    /// <summary>
    /// The statement of each item or value, to be bound to two bounds and a limit and read to its end.
    /// </summary>
    private static IEnumerable<SqliteStatement> Each(SqliteConnection connection, ScanSource source, string order)
    {
        switch (source)
        {
            case ScanSource.OfItems of:
                var byItem = connection.Prepare(
                    "select position from messages indexed by messages_by_item where item = ? and position > ? and "
                    + $"position < ? {order} limit ?");
                foreach (var item in of.Items)
                    yield return byItem.Bind(item);
                break;
            case ScanSource.OfValues of:
                var byValue = connection.Prepare(
                    "select position from indexed_values where path = ? and key = ? and position > ? and position < ? "
                    + $"{order} limit ?");
                foreach (var value in of.Values)
                    yield return byValue.Bind(value.Path).Bind(value.Key);
                break;
            case ScanSource.OfStatuses of:
                // A message with several parts is one entry.
                foreach (var condition in of.Statuses?.Select(status => $"status = {(int)status} and status <> 1 and")
                        ?? [""])
                    yield return connection.Prepare(
                        $"select distinct position from pending where {condition} position > ? and position < ? "
                        + $"{order} limit ?");
                break;
            default:
                throw new ArgumentException($"{source} has no index.", nameof(source));
        }
    }
}
