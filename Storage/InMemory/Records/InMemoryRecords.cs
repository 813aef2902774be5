using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Queries;
using Tributary.Storage.Records;

namespace Tributary.Storage.InMemory.Records;

/// <summary>Reads of records, by going through everything.</summary>
internal sealed class InMemoryRecords(InMemoryDatabase database, InMemoryGate gate) : IRecordReads
{
    private InMemoryProcessing Rows => database.Processing;

    public ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation) =>
        RecordSearch.RunAsync(
            query,
            (items, from, chunk) =>
                gate.RunAsync(StoreCall.Log, () =>
                    InMemoryRows.Fill(
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
}
