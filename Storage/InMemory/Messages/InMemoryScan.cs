using Tributary.Messages;
using Tributary.Storage.InMemory.Indexing;
using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory.Messages;

/// <summary>
/// The reads of a search. A scan of all rows finds what the databases find by an index, and counts alike.
/// </summary>
internal sealed class InMemoryScan(InMemoryDatabase database, InMemoryGate gate) : IMessageRows
{
    public ValueTask<ScanChunk> ReadAsync(
        ScanRange range, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () =>
    {
        var chunk = new ScanChunk(range);
        var filter = range.Filter;
        var isIn = Membership(range.Source);
        foreach (var i in Indexes(range.After, range.Before, range.NewestFirst).Where(isIn))
        {
            var message = database.MessageRows[i];
            if (!chunk.Take(message.Position.Value))
                break;
            if (filter.AcceptsSource(message.Source) && filter.AcceptsItem(message.Item)
                && filter.AcceptsTime(Instant.ToTicks(message.ReceivedAt))
                && (filter.Statuses is null || filter.Statuses.Contains(StatusOf(message)))
                && filter.AcceptsBody(message.Body.Span))
                chunk.Add(message);
        }

        return chunk;
    });

    public ValueTask<IndexedSpans> ReadSpansAsync(
        IReadOnlyList<string> pointers, int limit, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => InMemoryIndexedPaths.ReadSpans(database, pointers, limit));

    public ValueTask<int> CountAsync(
        ScanSource source, long after, long before, int limit, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => Indexes(after, before, false).Where(Membership(source)).Take(limit).Count());

    public ValueTask<IReadOnlyList<long>> ReadPositionsAsync(
        KeyRange range, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<long>>(StoreCall.Log, () =>
            Enumerable
                .Range(0, database.MessageRows.Count)
                .Where(i => database.IndexedRows[i].Any(value => range.Contains(value)))
                .Take(limit)
                .Select(i => database.MessageRows[i].Position.Value)
                .ToList());

    private IEnumerable<int> Indexes(long after, long before, bool newestFirst)
    {
        var first = after == long.MaxValue ? database.MessageRows.Count : database.FirstAtOrAbove(after + 1);
        var end = database.FirstAtOrAbove(before);
        for (var i = 0; i < end - first; i++)
            yield return newestFirst ? end - 1 - i : first + i;
    }

    private Func<int, bool> Membership(ScanSource source)
    {
        switch (source)
        {
            case ScanSource.OfItems of:
                var items = of.Items.ToHashSet(StringComparer.Ordinal);
                return i => items.Contains(database.MessageRows[i].Item);
            case ScanSource.OfValues of:
                var values = of.Values.Select(Text).ToHashSet(StringComparer.Ordinal);
                return i => database.IndexedRows[i].Any(value => values.Contains(Text(value)));
            case ScanSource.OfStatuses of:
                return i =>
                    database.Processing.Pending.TryGetValue(database.MessageRows[i].Position.Value, out var parts)
                    && (of.Statuses is null || parts.Any(row => of.Statuses.Contains(row.Part.Status)));
            case ScanSource.AtPositions at:
                var positions = at.Positions.ToHashSet();
                return i => positions.Contains(database.MessageRows[i].Position.Value);
            default:
                return _ => true;
        }
    }

    private MessageStatus StatusOf(StoredMessage message) =>
        database.Processing.Pending.TryGetValue(message.Position.Value, out var parts)
            ? InMemoryProcessing.StatusOf(parts)
            : MessageStatus.Completed;

    private static string Text(IndexedValue value) => $"{value.Path}/{Convert.ToHexString(value.Key.Span)}";
}
