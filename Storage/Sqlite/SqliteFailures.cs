namespace Tributary.Storage.Sqlite;

/// <summary>Reads of failures.</summary>
internal static class SqliteFailures
{
    public const string Columns = "id, failed_at, partition, type, key, method, arguments, error, attempts";

    public static FailureRow Read(SqliteStatement row) => new(
        row.Guid(0), row.Time(1), new PartitionId(row.Int32(2)), new RoundGrainId(row.Text(3), row.Text(4)), row
            .Text(5), row.Bytes(6), row.Text(7))
    {
        Attempts = row.Int32(8),
    };

    public static IReadOnlyList<FailureRow> Find(SqliteConnection connection, IReadOnlyList<Guid> ids)
    {
        var found = new List<FailureRow>();
        var select = connection.Prepare($"select {Columns} from failures where id = ?");
        foreach (var id in ids)
        {
            select.Bind(id);
            while (select.Step())
                found.Add(Read(select));
        }

        return found;
    }
}
