using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Rows;

namespace Tributary.Storage.InMemory;

/// <summary>Reads of what is committed; nothing is ever half-committed, so all of it lies below the horizon.</summary>
internal sealed class InMemoryMessageLog(InMemoryDatabase database, InMemoryGate gate) : IMessageLog
{
    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () => database.Horizon);

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit,
        CancellationToken cancellation) => gate.RunAsync<IReadOnlyList<StoredMessage>>(StoreCall.Log, () =>
        {
            var end = database.FirstAtOrAbove(below.Value) - offset;
            var start = Math.Max(0, end - limit);
            if (end <= start)
                return [];

            var messages = database.MessageRows.GetRange(start, end - start);
            messages.Reverse();
            return messages;
        });

    public ValueTask<MessageSlice> ReadAfterAsync(
        Position after, int limit, long maxBytes, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () =>
        {
            var messages = new List<StoredMessage>();
            var bytes = 0L;
            for (var i = database.FirstAtOrAbove(after.Value + 1); i < database.MessageRows.Count; i++)
            {
                var message = database.MessageRows[i];
                bytes += message.Body.Length;
                if (messages.Count >= limit || (messages.Count > 0 && bytes > maxBytes))
                    return new MessageSlice(messages, database.Horizon, false);
                messages.Add(message);
            }

            return new MessageSlice(messages, database.Horizon, true);
        });

    public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) => gate.RunAsync(StoreCall.Log, () =>
    {
        var count = 0L;
        foreach (var silo in database.Silos.Values)
        {
            var last = silo.Tallies.FindLast(tally => tally.First < below.Value);
            count += last.Total - last.Count + Math.Min(last.Count, below.Value - last.First);
        }

        return count;
    });

    public ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
            database.MessageIndexes.TryGetValue(id, out var index) ? database.MessageRows[index] : null);

    public ValueTask<IReadOnlyList<AggregateRow>> ReadAggregatesAsync(
        int generation,
        string? group,
        long? fromMs,
        long? toMs,
        AggregateKey? after,
        int limit,
        CancellationToken cancellation
    ) =>
        gate.RunAsync<IReadOnlyList<AggregateRow>>(StoreCall.Log, () =>
            database
                .AggregateRows.SkipWhile(row =>
                    after is { } key
                    && database.AggregateRows.Comparer.Compare(row.Key, key with { Generation = generation }) <= 0)
                .Where(row =>
                    row.Key.Generation == generation
                    && (group is null || row.Key.Group == group)
                    && !(row.Key.WindowStartMs < fromMs)
                    && !(row.Key.WindowStartMs >= toMs))
                .Take(limit)
                .Select(row => new AggregateRow(row.Key, row.Value.Version, row.Value.State))
                .ToList());

    public ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation) =>
        gate.RunAsync(StoreCall.Log, () =>
            Recount.Report(
                database
                    .Processing.Ledger.GroupBy(row => row.Key.Source)
                    .ToDictionary(
                        group => group.Key,
                        group => group.Aggregate(default(LedgerCounts), (sum, row) => Recount.Add(sum, row.Value))),
                recount ? Recount.Of(database.MessageRows.Count, database.Processing.CountByStatus()) : null));

    public ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals, CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<DefinitionRow>>(StoreCall.Log, () => proposals.Select(Register).ToList());

    public ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<DefinitionRow>>(StoreCall.Log, () => database.DefinitionRows.ToList());

    public ValueTask<int> CutExternalIdsAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
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

    private DefinitionRow Register(DefinitionProposal proposal)
    {
        var known = database.DefinitionRows.FindLast(row =>
            row.Name == proposal.Name && row.Hash == proposal.Hash && row.DroppedAt is null);
        if (known is not null)
            return known;

        var latest = database.DefinitionRows.FindLast(row => row.Name == proposal.Name);
        var now = database.Time.GetUtcNow();
        var isFirst = database.DefinitionRows.TrueForAll(row => row.Name != proposal.Name || !row.IsLive);
        var row = new DefinitionRow(
            database.DefinitionRows.Count + 1, proposal.Name, (latest?.Generation ?? 0) + 1, proposal.Hash,
            proposal.Definition, now)
        {
            IsLive = isFirst,
            LivedAt = isFirst ? now : null,
        };
        database.DefinitionRows.Add(row);
        return row;
    }
}
