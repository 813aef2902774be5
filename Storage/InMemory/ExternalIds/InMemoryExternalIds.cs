using Tributary.Messages;
using Tributary.Storage.ExternalIds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.ExternalIds;

/// <inheritdoc cref="IExternalIds"/>
internal sealed class InMemoryExternalIds(InMemoryDatabase database, InMemoryGate gate) : IExternalIds
{
    public ValueTask<int> CutAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
        {
            var day = Instant.ToDay(before);
            var cut = Cut(database.UnscopedExternalIdRows, day, limit);
            return cut < limit ? cut + Cut(database.ExternalIdRows, day, limit - cut) : cut;
        });

    private static int Cut(Dictionary<(PartitionId, ExternalKey), (KnownMessage Message, int Day)> rows, int day,
        int limit)
    {
        var cut = rows.Where(row => row.Value.Day < day).Take(limit).Select(row => row.Key).ToList();
        foreach (var key in cut)
            rows.Remove(key);
        return cut.Count;
    }
}
