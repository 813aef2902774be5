using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Queries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres;

/// <summary>Reads of what became of messages.</summary>
internal sealed class PostgresProcessingQueries(PostgresReaders readers) : IProcessingQueries
{
    public ValueTask<StoredMessage?> FindStoredAsync(MessageId id, CancellationToken cancellation) =>
        readers.RunAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"select {PostgresMessageLog.Columns} from messages m where id = $1", connection);
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
                return (
                    await PostgresMessageLog.ReadAllAsync(command, row => PostgresMessageLog.Read(row, 0), cancellation)).SingleOrDefault();
            },
            cancellation);

    public async ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> FindPartsAsync(
        IReadOnlyList<Position> positions,
        CancellationToken cancellation
    ) =>
        (
            await LookUpAsync(
                positions,
                $"select position, {PostgresParts.Columns}, changed_at from pending where position = any($1) order by "
                + "position, plugin",
                row => PostgresParts.ReadPart(row, 0),
                cancellation))
            .GroupBy(part => part.Message.Position)
            .ToDictionary(parts => parts.Key, IReadOnlyList<StoredPart> (parts) => [.. parts]);

    public ValueTask<PartPage> ReadPartsAsync(
        PartFilter filter, PartMark? after, int limit, CancellationToken cancellation) =>
        PartMatcher.RunAsync(
            filter,
            after,
            limit,
            (statuses, from, chunk) =>
                readers.RunAsync(
                    connection => PostgresParts.ReadAsync(connection, statuses, from, chunk(), cancellation),
                    cancellation),
            cancellation);

    public ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation) =>
        readers.RunAsync(
            connection => PostgresParts.ReadRaisedAsync(connection, after, limit, cancellation), cancellation);

    public ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation) =>
        RecordSearch.RunAsync(
            query,
            (items, from, chunk) =>
                readers.RunAsync(
                    connection =>
                        PostgresRecords.ReadAsync(connection, query.Generation, items, from, chunk(), cancellation),
                    cancellation),
            cancellation);

    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
        IReadOnlyList<string> items, IReadOnlyList<int> generations, int limitPerItem, CancellationToken cancellation)
    {
        var found = new Dictionary<string, IReadOnlyList<StoredRecord>>();
        // What no table can hold does not exist, and the server must not be asked for it.
        foreach (var chunk in items.Where(StorableText.Fits).Distinct().Chunk(QueryLimits.LookupCount))
        {
            var rows = await readers.RunAsync(
                connection =>
                    PostgresRecords.FindAsync(connection, chunk, [.. generations], limitPerItem, cancellation),
                cancellation);
            foreach (var group in rows.GroupBy(row => row.Item))
                found.Add(group.Key, [.. group]);
        }

        return found;
    }

    public async ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<Outcome>>> ReadOutcomesAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation)
    {
        var rows = await LookUpAsync(
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

    private async Task<List<T>> LookUpAsync<T>(
        IReadOnlyList<Position> positions, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        var rows = new List<T>();
        foreach (var chunk in positions.Distinct().Select(position => position.Value).Chunk(QueryLimits.LookupCount))
        {
            rows.AddRange(await readers.RunAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand(sql, connection);
                    command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = chunk });
                    return await PostgresMessageLog.ReadAllAsync(command, read, cancellation);
                },
                cancellation));
        }

        return rows;
    }
}
