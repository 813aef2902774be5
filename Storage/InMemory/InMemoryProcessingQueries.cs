using Tributary.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory;

/// <summary>Reads of what became of messages, by going through everything.</summary>
internal sealed class InMemoryProcessingQueries(InMemoryDatabase database, InMemoryGate gate) : IProcessingQueries
{
    private InMemoryProcessing Rows => database.Processing;

    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
            database.MessageIndexes.TryGetValue(id, out var index) ? database.MessageRows[index] : null);

    public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> FindPartsAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>>(StoreCall.Log, () =>
            positions
                .Distinct()
                .Where(position => Rows.Pending.ContainsKey(position.Value))
                .ToDictionary(position => position, position => Rows.Pending[position.Value]));

    public ValueTask<PartPage> ReadPartsAsync(
        PartFilter filter, PartMark? after, int limit, CancellationToken cancellation) =>
        PartMatcher.RunAsync(
            filter,
            after,
            limit,
            (statuses, from, chunk) =>
                gate.RunAsync(StoreCall.Log, () =>
                    Fill(
                        chunk(),
                        Rows.Pending.Values.SelectMany(parts => parts)
                            .Where(row => statuses is null || statuses.Contains(row.Part.Status))
                            .SkipWhile(row => from is { } mark && Compare(row.Mark, mark) <= 0))),
            cancellation);

    public ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
        {
            var found = Rows.Raised.Where(row => row.Position > after).Take(limit + 1).ToList();
            return new RaisedSlice(
                [.. found.Take(limit)], Position.Of(database.LastTransaction + 1, 0), found.Count <= limit);
        });

    public ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation) =>
        RecordSearch.RunAsync(
            query,
            (items, from, chunk) =>
                gate.RunAsync(StoreCall.Log, () =>
                    Fill(
                        chunk(),
                        Rows.Records.Where(row =>
                                row.Key.Generation == query.Generation
                                && (items is null || items.Contains(row.Key.Item)))
                            .SkipWhile(row =>
                                from is { } mark
                                && Rows.Records.Comparer.Compare(row.Key, (query.Generation, mark.Item, mark.Key)) <= 0)
                            .Select(row => row.Value))),
            cancellation);

    public ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
        IReadOnlyList<string> items,
        IReadOnlyList<int> generations,
        int limitPerItem,
        CancellationToken cancellation
    ) =>
        gate.RunAsync<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>>(StoreCall.Log, () =>
            Rows
                .Records.Values.Where(row => items.Contains(row.Item) && generations.Contains(row.Generation))
                .GroupBy(row => row.Item)
                .ToDictionary(group => group.Key, IReadOnlyList<StoredRecord> (group) => [.. group.Take(limitPerItem)])
        );

    public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>>(StoreCall.Log, () =>
            positions
                .Distinct()
                .Where(position => Rows.Outcomes.ContainsKey(position.Value))
                .ToDictionary(
                    position => position, IReadOnlyList<Outcome> (position) => [.. Rows.Outcomes[position.Value]]));

    private static RowChunk<T> Fill<T>(RowChunk<T> chunk, IEnumerable<T> rows)
    {
        foreach (var row in rows)
        {
            if (!chunk.Take(row))
                break;
        }

        return chunk;
    }

    private static int Compare(PartMark x, PartMark y)
    {
        var order = x.Message.CompareTo(y.Message);
        return order != 0 ? order : Utf8Order.Compare(x.Plugin, y.Plugin);
    }
}
