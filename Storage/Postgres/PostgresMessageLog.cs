using Npgsql;
using NpgsqlTypes;
using Tributary.Aggregates;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres;

/// <summary>
/// Reads of what is committed, each one statement and so one snapshot: the horizon is of the same moment as the rows.
/// </summary>
internal sealed class PostgresMessageLog(PostgresReaders readers, TimeProvider time) : IMessageLog
{
    internal const string Columns =
        "m.position, m.id, m.source, m.item, m.item_sequence, m.received_at, m.media_type, m.body, m.generations";

    /// <summary>The place of the body in <see cref="Columns"/>.</summary>
    internal const int BodyColumn = 7;

    public ValueTask<Position> ReadHorizonAsync(CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("select horizon()", connection);
            return new Position((long)(await command.ExecuteScalarAsync(cancellation))!);
        },
        cancellation);

    public ValueTask<IReadOnlyList<StoredMessage>> ReadNewestAsync(
        Position below, int offset, int limit, CancellationToken cancellation) =>
        QueryAsync(
            $"select {Columns} from messages m where position < least($1, horizon()) order by position desc offset $2 "
            + "limit $3",
            row => Read(row, 0),
            cancellation,
            below.Value,
            offset,
            limit);

    public ValueTask<MessageSlice> ReadAfterAsync(Position after, int limit, long maxBytes, CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            await using var command = Command(
                connection,
                $"""
                select h.horizon, m.available, {Columns}
                from (select horizon() as horizon) h
                left join lateral (
                    select *, count(*) over () as available,
                        sum(octet_length(body)) over (order by position rows unbounded preceding) as bytes, row_number() over (order by position) as n
                    from (select * from messages where position > $1 and position < h.horizon order by position limit $2::bigint + 1) one_more
                ) m on m.n <= $2 and (m.n = 1 or m.bytes <= $3)
                order by m.position
                """,
                after.Value, limit, maxBytes);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var messages = new List<StoredMessage>();
            var (horizon, available) = (Position.Start, 0L);
            while (await reader.ReadAsync(cancellation))
            {
                horizon = new Position(reader.GetInt64(0));
                if (reader.IsDBNull(1))
                    continue;
                available = reader.GetInt64(1);
                messages.Add(Read(reader, 2));
            }

            return new MessageSlice(messages, horizon, available == messages.Count);
        },
        cancellation);

    public ValueTask<long> CountBelowAsync(Position below, CancellationToken cancellation) => readers.RunAsync(
        async connection =>
        {
            // One look into the index per silo: its last commit below, cut where the bound falls into it.
            await using var command = Command(
                connection,
                """
                select coalesce(sum(t.total - t.count + least(t.count, b.below - t.position)), 0)::bigint
                from (select least($1, horizon()) as below) b cross join silos s
                cross join lateral (select * from tallies where silo = s.id and position < b.below order by position desc limit 1) t
                """,
                below.Value);
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        },
        cancellation);

    public async ValueTask<StoredMessage?> FindAsync(MessageId id, CancellationToken cancellation) =>
        await readers.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"select {Columns} from messages m where id = $1 and position < horizon()", connection);
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                return await reader.ReadAsync(cancellation) ? Read(reader, 0) : null;
            },
            cancellation);

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

            await using var command = Command(
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
                return await ReadAllAsync(
                    command,
                    row => new AggregateRow(
                        new AggregateKey(generation, row.GetInt64(0), row.GetString(1)),
                        row.GetInt32(2),
                        row.GetFieldValue<byte[]>(3)),
                    cancellation);
            },
            cancellation);

    public ValueTask<LedgerReport> ReadLedgerAsync(bool recount, CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresLedger.ReadAsync(connection, recount, cancellation), cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> RegisterDefinitionsAsync(
        IReadOnlyList<DefinitionProposal> proposals,
        CancellationToken cancellation
    ) =>
        readers.RunAsync(
            connection => PostgresDefinitions.RegisterAsync(connection, proposals, time.GetUtcNow(), cancellation),
            cancellation);

    public ValueTask<IReadOnlyList<DefinitionRow>> ReadDefinitionsAsync(CancellationToken cancellation) =>
        readers.RunAsync(connection => PostgresDefinitions.ReadAllAsync(connection, cancellation), cancellation);

    public ValueTask<int> CutExternalIdsAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            async connection =>
            {
                var cut = await CutAsync("external_ids", limit);
                return cut < limit ? cut + await CutAsync("scoped_external_ids", limit - cut) : cut;

            async Task<int> CutAsync(string table, int most)
            {
                await using var command = Command(
                    connection,
                    $"delete from {table} where ctid = any(array(select ctid from {table} where received_day < $1::int "
                    + "limit $2))",
                    Instant.ToDay(before), most);
                return await command.ExecuteNonQueryAsync(cancellation);
            }
        },
        cancellation);

    internal static async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }

    private ValueTask<IReadOnlyList<T>> QueryAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation,
        params long[] parameters
    ) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = Command(connection, sql, parameters);
                return await ReadAllAsync(command, read, cancellation);
            },
            cancellation);

    internal static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params long[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(
                new NpgsqlParameter<long> { TypedValue = parameter, NpgsqlDbType = NpgsqlDbType.Bigint });
        return command;
    }

    internal static StoredMessage Read(NpgsqlDataReader row, int first) =>
        new(
            new Position(row.GetInt64(first)), new MessageId(row.GetGuid(first + 1)), row.GetString(first + 2),
            row.GetString(first + 3), row.GetInt64(first + 4), Instant.FromTicks(row.GetInt64(first + 5)),
            row.GetString(first + 6), row.GetFieldValue<byte[]>(first + 7),
            GenerationList.Read(row.GetFieldValue<byte[]>(first + 8)));
}
