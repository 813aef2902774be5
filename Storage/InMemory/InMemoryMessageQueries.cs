using Tributary.Runtime.Store;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory;

/// <summary>Searches of what is committed. What the databases find by an index is found by going through everything, and counted alike.</summary>
internal sealed class InMemoryMessageQueries(InMemoryDatabase database, InMemoryGate gate, IMessageLog log) : IMessageQueries
{
    private readonly InMemoryScan scan = new(database, gate);

    public ValueTask<MessageMatches> QueryMessagesAsync(MessageQuery query, CancellationToken cancellation) =>
        MessageScan.RunAsync(query, scan, cancellation);

    public ValueTask<long?> CountMessagesAsync(MessageFilter filter, CancellationToken cancellation) =>
        MessageCounts.CountAsync(log, scan, filter, cancellation);

    public ValueTask<IReadOnlyDictionary<MessageId, StoredMessage>> FindMessagesAsync(
        IReadOnlyList<MessageId> ids, CancellationToken cancellation) => gate.RunAsync<IReadOnlyDictionary<MessageId, StoredMessage>>(
        StoreCall.Log, () => ids.Distinct().Where(database.MessageIndexes.ContainsKey)
            .ToDictionary(id => id, id => database.MessageRows[database.MessageIndexes[id]]));

    public ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        return gate.RunAsync<IReadOnlyDictionary<string, LoadedState>>(
            StoreCall.Log, () => Items().Where(item => wanted.Contains(item.Key)).ToDictionary());
    }

    public ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation)
    {
        var range = ItemRange.Of(after, prefix);
        return gate.RunAsync<IReadOnlyList<KeyValuePair<string, LoadedState>>>(
            StoreCall.Log, () => Items().Where(item => range.Contains(item.Key)).OrderBy(item => item.Key, Utf8Order.Instance).Take(limit).ToList());
    }

    public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(Guid? before, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<FailureRow>>(StoreCall.Log, () => database.FailureRows.Values
            .Where(row => before is null || row.Id.CompareTo(before.Value) < 0).OrderByDescending(row => row.Id).Take(limit).ToList());

    public ValueTask<IReadOnlyList<ReminderRow>> ReadPendingRemindersAsync(ReminderMark after, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<ReminderRow>>(StoreCall.Log, () => database.ReminderRows
            .SkipWhile(row => ReminderOrder.Instance.Compare(row.Key, after) <= 0).Take(limit).Select(row => row.Value).ToList());

    private IEnumerable<KeyValuePair<string, LoadedState>> Items() => database.StateRows
        .Where(row => row.Key.Table == StateTable.Items)
        .Select(row => KeyValuePair.Create(row.Key.Grain.Key, row.Value));
}
