using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory;

/// <summary>
/// Searches of what is committed. What the databases find by an index is found by going through everything, and counted
/// alike.
/// </summary>
internal sealed class InMemoryMessageQueries(InMemoryDatabase database, InMemoryGate gate, IMessageLog log)
    : IMessageQueries
{
    private readonly InMemoryScan scan = new(database, gate);

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        MessageScan.RunAsync(query, scan, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        MessageCounts.CountAsync(log, scan, filter, cancellation);

    public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids,
        CancellationToken cancellation
    ) =>
        gate.RunAsync<IReadOnlyDictionary<MessageId, StoredMessage>>(StoreCall.Log, () =>
            ids.Distinct()
                .Where(database.MessageIndexes.ContainsKey)
                .ToDictionary(id => id, id => database.MessageRows[database.MessageIndexes[id]]));

    public ValueTask<IReadOnlyDictionary<string, MessageMatches>> QueryItemMessagesAsync(
        ItemMessagesQuery query, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () => Read(query));

    public ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        return gate.RunAsync<IReadOnlyDictionary<string, LoadedState>>(
            StoreCall.Log, () => Items().Where(item => wanted.Contains(item.Key)).ToDictionary());
    }

    public ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation)
    {
        var range = ItemRange.Of(after, prefix);
        return gate.RunAsync<IReadOnlyList<KeyValuePair<string, LoadedState>>>(StoreCall.Log, () =>
            Items()
                .Where(item => range.Contains(item.Key))
                .OrderBy(item => item.Key, Utf8Order.Instance)
                .Take(limit)
                .ToList());
    }

    public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(
        Guid? before, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<FailureRow>>(StoreCall.Log, () =>
            database
                .FailureRows.Values.Where(row => before is null || row.Id.CompareTo(before.Value) < 0)
                .OrderByDescending(row => row.Id)
                .Take(limit)
                .ToList());

    public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(
        ReminderMark after, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<ReminderRow>>(StoreCall.Log, () =>
            database
                .ReminderRows.SkipWhile(row => ReminderOrder.Instance.Compare(row.Key, after) <= 0)
                .Take(limit)
                .Select(row => row.Value)
                .ToList());

    private IEnumerable<KeyValuePair<string, LoadedState>> Items() => database.StateRows
        .Where(row => row.Key.Table == StateTable.Items)
        .Select(row => KeyValuePair.Create(row.Key.Grain.Key, row.Value));

    private IReadOnlyDictionary<string, MessageMatches> Read(ItemMessagesQuery query)
    {
        var found = new ItemMessages(query);
        for (var i = 0; i < found.Items.Length; i++)
        {
            var rows = Rows(query.After?.Value ?? -1, query.Before?.Value ?? long.MaxValue, query.NewestFirst)
                .Where(row => row.Item == found.Items[i]);
            if (rows.Take(query.LimitPerItem).Any(row => !found.TryAdd(i, row)))
                break;
        }

        return found.ToMatches();
    }

    private IEnumerable<StoredMessage> Rows(long after, long before, bool newestFirst)
    {
        var first = after == long.MaxValue ? database.MessageRows.Count : database.FirstAtOrAbove(after + 1);
        var end = database.FirstAtOrAbove(before);
        for (var i = 0; i < end - first; i++)
            yield return database.MessageRows[newestFirst ? end - 1 - i : first + i];
    }
}
