using Tributary.Storage.Failures;
using Tributary.Storage.Queries;
using Tributary.Storage.Sqlite.Messages;

namespace Tributary.Storage.Sqlite.Failures;

/// <summary>Reads of what is left of messages and of what failed.</summary>
internal sealed class SqliteFailures(SqliteReaders readers) : IFailureReads
{
    private const string Columns = "id, failed_at, partition, type, key, method, arguments, error, attempts";

    public ValueTask<IReadOnlyDictionary<Position, IReadOnlyList<StoredPart>>> FindPartsAsync(
        IReadOnlyList<Position> positions, CancellationToken cancellation) =>
        readers.LookUpAsync(
            positions,
            $"select position, {SqliteParts.Columns}, changed_at from pending where position = ? order by plugin",
            (select, position) => select.Bind(position.Value),
            (IReadOnlyList<StoredPart>? known, SqliteStatement row) =>
            {
                var parts = known as List<StoredPart> ?? [];
                parts.Add(SqliteParts.ReadPart(row, 0));
                return parts;
            },
            cancellation);

    public ValueTask<PartPage> ReadPartsAsync(
        PartFilter filter, PartMark? after, int limit, CancellationToken cancellation) =>
        PartMatcher.RunAsync(
            filter,
            after,
            limit,
            (statuses, from, chunk) =>
                readers.ReadAsync(connection => SqliteParts.Read(connection, statuses, from, chunk()), cancellation),
            cancellation);

    public ValueTask<RaisedSlice> ReadRaisedAsync(Position after, int limit, CancellationToken cancellation) =>
        readers.ReadAsync(
            connection =>
            {
                var found = SqliteRows.ReadAll(
                    connection
                        .Prepare(
                            $"select position, message_position, {SqliteParts.Columns}, raised_at from raised where "
                            + "position > ? order by position limit ?")
                        .Bind(after.Value)
                        .Bind((long)limit + 1),
                    row =>
                    {
                        var part = SqliteParts.ReadPart(row, 1);
                        return new RaisedFailure(
                            new Position(row.Int64(0)), part.Message, part.Item, part.Part, part.ChangedAt);
                    });
                return new RaisedSlice(
                    [.. found.Take(limit)], SqliteMessages.Horizon(connection), found.Count <= limit);
            },
            cancellation);

    public ValueTask<IReadOnlyList<FailureRow>> ReadFailuresAsync(
        Guid? before, int limit, CancellationToken cancellation) =>
        readers.ReadAsync<IReadOnlyList<FailureRow>>(
            connection =>
            {
                var select = connection.Prepare(
                    $"""
                    select {Columns} from failures
                    {(before is null ? "" : "where id < ?")} order by id desc limit ?
                    """);
                if (before is { } id)
                    select.Bind(id);
                select.Bind(limit);
                var failures = new List<FailureRow>();
                while (select.Step())
                    failures.Add(Read(select));
                return failures;
            },
            cancellation);

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

    private static FailureRow Read(SqliteStatement row) => new(
        row.Guid(0), row.Time(1), new PartitionId(row.Int32(2)), new RoundGrainId(row.Text(3), row.Text(4)), row
            .Text(5), row.Bytes(6), row.Text(7))
    {
        Attempts = row.Int32(8),
    };
}
