using Npgsql;
using NpgsqlTypes;
using Tributary.Messages;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Queries;
using Tributary.Storage.Records;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Records;

/// <summary>Reads rows of <c>records</c>.</summary>
internal sealed class PostgresRecords(PostgresReaders readers) : IRecordReads
{
    private const string Columns =
        "r.generation, r.item, r.key, r.message_id, r.position, r.source, r.received_at, r.item_sequence, r.json";

    public ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation) =>
        RecordSearch.RunAsync(
            query,
            (items, from, chunk) =>
                readers.RunAsync(
                    connection =>
                        ReadAsync(connection, query.Generation, items, from, chunk(), cancellation),
                    cancellation),
            cancellation);

    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
        IReadOnlyList<string> items, IReadOnlyList<int> generations, int limitPerItem, CancellationToken cancellation)
    {
        var found = new Dictionary<string, IReadOnlyList<StoredRecord>>();
        // A key that no table can hold does not exist, and the server would refuse it.
        foreach (var chunk in items.Where(StorableText.Fits).Distinct().Chunk(QueryLimits.LookupCount))
        {
            var rows = await readers.RunAsync(
                connection =>
                    FindAsync(connection, chunk, [.. generations], limitPerItem, cancellation),
                cancellation);
            foreach (var group in rows.GroupBy(row => row.Item))
                found.Add(group.Key, [.. group]);
        }

        return found;
    }

    // The items are in order; null stands for all.
    private static async Task<RowChunk<StoredRecord>> ReadAsync(
        NpgsqlConnection connection,
        int generation,
        string[]? items,
        RecordMark? after,
        RowChunk<StoredRecord> chunk,
        CancellationToken cancellation)
    {
        var start = after is null ? ">=" : ">";
        var range = $"r.generation = $1::int and (r.item, r.key) {start} ($2, $3)";
        await using var command = new NpgsqlCommand(
            items is null
                ? $"select {Columns} from records r where {range} order by r.item, r.key limit $4"
                : $"""
                select {Columns} from unnest($5) i(item)
                cross join lateral (select * from records r where r.item = i.item and {range} order by r.key limit $4) r
                order by r.item, r.key limit $4
                """,
            connection);
        command.Parameters.Add(RoundChanges.Long(generation));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after?.Item ?? "" });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after?.Key ?? "" });
        command.Parameters.Add(RoundChanges.Long(chunk.AskCount));
        if (items is not null)
            command.Parameters.Add(Texts(items));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!chunk.Take(Read(reader)))
                break;
        }

        return chunk;
    }

    private static async Task<IReadOnlyList<StoredRecord>> FindAsync(
        NpgsqlConnection connection,
        string[] items,
        int[] generations,
        int limitPerItem,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} from unnest($1) i(item)
            cross join lateral (
                select r.* from records r where r.generation = any($2) and r.item = i.item
                order by r.generation, r.key limit $3
            ) r
            order by r.item, r.generation, r.key
            """,
            connection);
        command.Parameters.Add(Texts(items));
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = generations });
        command.Parameters.Add(RoundChanges.Long(limitPerItem));
        return await PostgresRows.ReadAllAsync(command, Read, cancellation);
    }

    private static NpgsqlParameter Texts(string[] texts) =>
        new NpgsqlParameter<string[]> { TypedValue = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static StoredRecord Read(NpgsqlDataReader row) =>
        new(
            row.GetInt32(0),
            row.GetString(1),
            row.GetString(2),
            new MessageReference(
                new MessageId(row.GetGuid(3)), new Position(row.GetInt64(4)), row.GetString(5),
                Instant.FromTicks(row.GetInt64(6)), row.GetInt64(7)),
            row.GetFieldValue<byte[]>(8));
}
