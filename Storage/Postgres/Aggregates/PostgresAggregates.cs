using Npgsql;
using Tributary.Aggregates;
using Tributary.Messages;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Aggregates;

/// <summary>Reads of aggregates in the order of their table, and of what messages were counted in.</summary>
internal sealed class PostgresAggregates(PostgresReaders readers) : IAggregateReads
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
        readers.RunAsync(
            async connection =>
            {
                if (group is not null && !StorableText.Fits(group))
                    return [];

            await using var command = PostgresRows.Command(
                connection,
                $"""
                select window_start_ms, "group", version, state from aggregates
                where generation = $1::int and window_start_ms >= $2 and window_start_ms < $3
                {(after is null ? "" : "and (window_start_ms, \"group\") > ($5, $6)")}
                {(group is null ? "" : $"and \"group\" = ${(after is null ? 5 : 7)}")}
                order by window_start_ms, "group" limit $4
                """,
                generation, fromMs ?? long.MinValue, toMs ?? long.MaxValue, limit);
            if (after is { } key)
            {
                command.Parameters.Add(RoundChanges.Long(key.WindowStartMs));
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.Group });
            }

                if (group is not null)
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
                return await PostgresRows.ReadAllAsync(
                    command,
                    row => new AggregateRow(
                        new AggregateKey(generation, row.GetInt64(0), row.GetString(1)),
                        row.GetInt32(2),
                        row.GetFieldValue<byte[]>(3)),
                    cancellation);
            },
            cancellation);

    // One statement, so that the rows are those of the moment at which nothing could appear any more.
    public ValueTask<CountedSoFar> ReadCountedAsync(Position upTo, CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            await using var command = PostgresRows.Command(
                connection,
                """
                select horizon() >= $1, exists(
                    select from deferred_calls where (case origin when 0 then sequence else origin end) < $1)
                """,
                CountedSoFar.AfterRoundOf(upTo).Value);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            return new CountedSoFar(reader.GetBoolean(0), reader.GetBoolean(1));
        },
        cancellation);

    public async ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation)
    {
        var rows = await readers.LookUpAsync(
            positions, "select position, list from outcomes where position = any($1) order by position, added_at",
            row => (Position: new Position(row.GetInt64(0)), List: row.GetFieldValue<byte[]>(1)), cancellation);
        var found = new Dictionary<Position, IReadOnlyList<Outcome>>();
        foreach (var group in rows.GroupBy(row => row.Position))
        {
            var outcomes = new List<Outcome>();
            foreach (var (_, list) in group)
                OutcomeList.Read(list, outcomes);
            found.Add(group.Key, outcomes);
        }

        return found;
    }
}
