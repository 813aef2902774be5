using Tributary.Aggregates;

namespace Tributary.Storage.Sqlite;

/// <summary>Reads ranges of aggregates in the order of their table.</summary>
internal static class SqliteAggregates
{
    public static IReadOnlyList<AggregateRow> Read(
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
