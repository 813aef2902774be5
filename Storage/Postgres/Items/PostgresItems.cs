using Npgsql;
using NpgsqlTypes;
using Tributary.Storage.Items;
using Tributary.Storage.Postgres.Rounds;
using Tributary.Storage.Queries;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Postgres.Items;

/// <summary>Reads of the committed states of items.</summary>
internal sealed class PostgresItems(PostgresReaders readers) : IItemReads
{
    public async ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, LoadedState>();
        // A key that no table can hold does not exist, and the server would refuse it.
        foreach (var chunk in ids.Where(StorableText.Fits).Chunk(QueryLimits.LookupCount))
        {
            var rows = await readers.QueryAsync(
                "select id, version, state from items where id = any($1)",
                ReadItem,
                cancellation,
                new NpgsqlParameter<string[]>
                {
                    TypedValue = chunk,
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                });
            foreach (var (id, state) in rows)
                found[id] = state;
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation)
    {
        var range = ItemRange.Of(after, prefix);
        if (range.IsEmpty)
            return [];

        var parameters = new List<NpgsqlParameter> { RoundChanges.Long(limit), PostgresRows.Text(range.Lower) };
        if (range.Upper is { } upper)
            parameters.Add(PostgresRows.Text(upper));
        return await readers.QueryAsync(
            $"""
            select id, version, state from items
            where id {(range.IsInclusive ? ">=" : ">")} $2 {(
                range.Upper is null ? "" : "and id < $3")} order by id limit $1
            """,
            ReadItem, cancellation, [.. parameters]);
    }

    private static KeyValuePair<string, LoadedState> ReadItem(NpgsqlDataReader row) =>
        new(row.GetString(0), new LoadedState(row.GetInt32(1), row.GetFieldValue<byte[]>(2)));
}
