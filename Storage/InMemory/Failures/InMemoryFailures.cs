using Tributary.Storage.Failures;
using Tributary.Storage.InMemory.Rounds;
using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory.Failures;

/// <summary>Reads of what is left of messages and of what failed, by going through everything.</summary>
internal sealed class InMemoryFailures(InMemoryDatabase database, InMemoryGate gate) : IFailureReads
{
    private InMemoryProcessing Rows => database.Processing;

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
                    InMemoryRows.Fill(
                        chunk(),
                        Rows.Pending.Values.SelectMany(parts => parts)
                            .Where(row => statuses is null || statuses.Contains(row.Part.Status))
                            .SkipWhile(row => from is { } mark && Compare(row.Mark, mark) <= 0))),
            cancellation);

    public ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
        {
            var found = Rows.Raised.Where(row => row.Position > after && row.Position < database.Horizon)
                .Take(limit + 1).ToList();
            return new RaisedSlice([.. found.Take(limit)], database.Horizon, found.Count <= limit);
        });

    public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(
        Guid? before, int limit, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<FailureRow>>(StoreCall.Log, () =>
            database
                .FailureRows.Values.Where(row => before is null || row.Id.CompareTo(before.Value) < 0)
                .OrderByDescending(row => row.Id)
                .Take(limit)
                .ToList());

    private static int Compare(PartMark x, PartMark y)
    {
        var order = x.Message.CompareTo(y.Message);
        return order != 0 ? order : Utf8Order.Compare(x.Plugin, y.Plugin);
    }
}
