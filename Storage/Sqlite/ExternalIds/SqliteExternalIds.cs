using Tributary.Messages;
using Tributary.Storage.ExternalIds;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.ExternalIds;

/// <summary>
/// External ids: rows of <c>scoped_external_ids</c>, and the rows of versions before schema version 5 in
/// <c>external_ids</c>, until they are cut.
/// </summary>
internal sealed class SqliteExternalIds(SqliteWriter writer) : IExternalIds
{
    public ValueTask<int> CutAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        writer.WriteAsync(connection => Cut(connection, Instant.ToDay(before), limit), cancellation);

    public static bool HasUnscoped(SqliteConnection connection)
    {
        var select = connection.Prepare("select 1 from external_ids limit 1");
        var isFound = select.Step();
        select.Reset();
        return isFound;
    }

    public static void Load(
        SqliteConnection connection, string table, List<(PartitionId Partition, ExternalKey Key)> keys,
        Dictionary<(PartitionId Partition, ExternalKey Key), KnownMessage> found)
    {
        foreach (var (partition, key) in keys)
        {
            var select = connection.Prepare(
                    $"select message_id, item, body_hash, position from {table} where partition = ? and hash = ?")
                .Bind(partition.Value).Bind(key.Hash);
            if (!select.Step())
                continue;

            found[(partition, key)] = new KnownMessage(
                new MessageId(select.Guid(0)), select.Text(1), Hash128.Read(select.Span(2)),
                    new Position(select.Int64(3)));
            select.Reset();
        }
    }

    private static int Cut(SqliteConnection connection, int day, int limit)
    {
        var cut = Cut(connection, "external_ids", day, limit);
        return cut < limit ? cut + Cut(connection, "scoped_external_ids", day, limit - cut) : cut;
    }

    private static int Cut(SqliteConnection connection, string table, int day, int limit) => connection.Prepare(
            $"""
            delete from {table} where (partition, hash) in
                (select partition, hash from {table} where received_day < ? limit ?)
            """)
        .Bind(day).Bind(limit).Run();
}
