using Tributary.Storage.Items;
using Tributary.Storage.Queries;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.InMemory.Items;

/// <summary>Reads of the committed states of items.</summary>
internal sealed class InMemoryItems(InMemoryDatabase database, InMemoryGate gate) : IItemReads
{
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

    private IEnumerable<KeyValuePair<string, LoadedState>> Items() => database.StateRows
        .Where(row => row.Key.Table == StateTable.Items)
        .Select(row => KeyValuePair.Create(row.Key.Grain.Key, row.Value));
}
