using Tributary.Storage.Items;
using Tributary.Storage.Queries;
using Tributary.Storage.Rounds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Items;

/// <summary>Reads of the committed states of items.</summary>
internal sealed class SqliteItems(SqliteReaders readers) : IItemReads
{
    public async ValueTask<IReadOnlyDictionary<string, LoadedState>> FindItemsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, LoadedState>();
        foreach (var chunk in ids.Where(StorableText.Fits).Chunk(QueryLimits.LookupCount))
        {
            await readers.ReadAsync(
                connection =>
                {
                    var select = connection.Prepare("select version, state from items where id = ?");
                    foreach (var id in chunk)
                    {
                        select.Bind(id);
                        while (select.Step())
                            found[id] = new LoadedState(select.Int32(0), select.Bytes(1));
                    }

                    return found.Count;
                },
                cancellation);
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<KeyValuePair<string, LoadedState>>> ReadItemsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellation)
    {
        var range = ItemRange.Of(after, prefix);
        if (range.IsEmpty)
            return [];

        return await readers.ReadAsync(
            connection =>
            {
                var select = connection.Prepare(
                        $"""
                        select id, version, state from items
                        where id {(range.IsInclusive ? ">=" : ">")} ? {(range.Upper is null ? "" : "and id < ?")}
                        order by id limit ?
                        """)
                    .Bind(range.Lower);
                if (range.Upper is not null)
                    select.Bind(range.Upper);
                select.Bind(limit);
                var items = new List<KeyValuePair<string, LoadedState>>();
                while (select.Step())
                    items.Add(new(select.Text(0), new LoadedState(select.Int32(1), select.Bytes(2))));
                return items;
            },
            cancellation);
    }
}
