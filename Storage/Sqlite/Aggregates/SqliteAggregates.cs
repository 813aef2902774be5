using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Aggregates;

/// <summary>Reads of aggregates in the order of their table, and of what messages were counted in.</summary>
internal sealed class SqliteAggregates(SqliteReaders readers) : IAggregateReads
{
    public ValueTask<IReadOnlyList<AggregateRow>> ReadAggregatesAsync(
        int generation,
        string? group,
        long? fromMs,
        long? toMs,
        AggregateKey? after,
        int limit,
        CancellationToken cancellation
    ) =>
        readers.ReadAsync(
            connection => Read(connection, generation, group, fromMs, toMs, after, limit),
            cancellation);

    public ValueTask<CountedSoFar> ReadCountedAsync(Position upTo, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
            {
                var bound = CountedSoFar.AfterRoundOf(upTo);
                var select = connection.Prepare(
                    "select (select last_transaction from meta), exists(select 1 from deferred_calls "
                    + "where (case origin when 0 then sequence else origin end) < ?)")
                    .Bind(bound.Value);
                select.Step();
                var (last, hasWaiting) = (select.Int64(0), select.Int64(1) != 0);
                select.Reset();
                return new CountedSoFar(Position.Of(last + 1, 0) >= bound, hasWaiting);
            },
            cancellation);

    public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation) =>
        readers.LookUpAsync(
            positions,
            "select list from outcomes where position = ? order by added_at",
            (select, position) => select.Bind(position.Value),
            (IReadOnlyList<Outcome>? known, SqliteStatement row) =>
            {
                var outcomes = known as List<Outcome> ?? [];
                OutcomeList.Read(row.Span(0), outcomes);
                return outcomes;
            },
            cancellation);

    private static IReadOnlyList<AggregateRow> Read(
        SqliteConnection connection,
        int generation,
        string? group,
        long? fromMs,
        long? toMs,
        AggregateKey? after,
        int limit)
    {
        var rows = new List<AggregateRow>();
        var select = connection.Prepare(
            $"""
            select window_start_ms, "group", version, state from aggregates
            where generation = ? and window_start_ms >= ? and window_start_ms < ?
            {(after is null ? "" : "and (window_start_ms, \"group\") > (?, ?)")}
            {(group is null ? "" : "and \"group\" = ?")}
            order by window_start_ms, "group" limit ?
            """);
        select.Bind(generation).Bind(fromMs ?? long.MinValue).Bind(toMs ?? long.MaxValue);
        if (after is { } key)
            select.Bind(key.WindowStartMs).Bind(key.Group);
        if (group is not null)
            select.Bind(group);

        select.Bind(limit);
        while (select.Step())
        {
            rows.Add(new AggregateRow(
                new AggregateKey(generation, select.Int64(0), select.Text(1)), select.Int32(2), select.Bytes(3)));
        }

        return rows;
    }
}
