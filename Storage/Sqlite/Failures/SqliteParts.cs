using Tributary.Messages;
using Tributary.Storage.Failures;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Sqlite.Failures;

/// <summary>Reads rows of <c>pending</c> and <c>raised</c>.</summary>
internal static class SqliteParts
{
    /// <summary>Between the position of the message and the time.</summary>
    public const string Columns =
        "plugin, message_id, item, item_sequence, source, received_at, status, step, attempts, next_attempt_at, error";

    /// <summary>The next parts in order: of each given status, found by the index, or of all statuses.</summary>
    public static RowChunk<StoredPart> Read(
        SqliteConnection connection,
        IReadOnlyList<MessageStatus>? statuses,
        PartMark? after,
        RowChunk<StoredPart> chunk)
    {
        var rows = statuses is null
            ? Read(connection, "", after, chunk.AskCount)
            : statuses
                .SelectMany(status =>
                    Read(connection, $"status = {(int)status} and status <> 1 and", after, chunk.AskCount))
                .OrderBy(row => row.Message.Position)
                .ThenBy(row => row.Part.Plugin, Utf8Order.Instance)
                .Take(chunk.AskCount);
        foreach (var row in rows)
        {
            if (!chunk.Take(row))
                break;
        }

        return chunk;
    }

    /// <param name="first">The column of the message's position, which the others follow.</param>
    public static StoredPart ReadPart(SqliteStatement row, int first)
    {
        var message = new MessageReference(
            new MessageId(row.Guid(first + 2)),
            new Position(row.Int64(first)),
            row.Text(first + 5),
            row.Time(first + 6),
            row.Int64(first + 4));
        var part = new MessagePart(
            row.Text(first + 1),
            (MessageStatus)row.Int32(first + 7),
            (ProcessingStep)row.Int32(first + 8),
            row.Int32(first + 9),
            row.IsNull(first + 10) ? null : row.Time(first + 10),
            row.IsNull(first + 11) ? null : row.Text(first + 11));
        return new StoredPart(message, row.Text(first + 3), part, row.Time(first + 12));
    }

    private static List<StoredPart> Read(SqliteConnection connection, string condition, PartMark? after, int limit) =>
        SqliteRows.ReadAll(
            connection
                .Prepare(
                    $"select position, {Columns}, changed_at from pending where {condition} (position, plugin) > (?, "
                    + "?) order by position, plugin limit ?")
                .Bind(after?.Message.Value ?? -1)
                .Bind(after?.Plugin ?? "")
                .Bind(limit),
            row => ReadPart(row, 0));
}
